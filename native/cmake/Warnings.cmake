# For our own files only; LibTorch and Node-API are system headers.
# The gate stops at a warning (tools/verify); a compiler that was not tried here may warn, and stops nobody's build by that.
option(DL_TRADE_WERROR "A compiler's warning is an error" OFF)
set(DL_TRADE_WARNINGS "")
if(NOT MSVC)
  set(DL_TRADE_WARNINGS -Wall -Wextra)
  if(DL_TRADE_WERROR)
    list(APPEND DL_TRADE_WARNINGS -Werror)
  endif()
endif()
add_library(dl_trade_warnings INTERFACE)
target_compile_options(dl_trade_warnings INTERFACE ${DL_TRADE_WARNINGS})
