# For our own files only; LibTorch and Node-API are system headers.
add_library(dl_trade_warnings INTERFACE)
if(NOT MSVC)
  target_compile_options(dl_trade_warnings INTERFACE -Wall -Wextra -Werror)
endif()
