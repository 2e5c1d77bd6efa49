# Defines the imported target dl_trade_libtorch from -DLIBTORCH=<dir>, after checking its version and its ABI.
# find_package(Torch) is not used: for a CUDA build it asks for the CUDA toolkit, which inference on the CPU does not need.
set(LIBTORCH "$ENV{LIBTORCH}" CACHE PATH "Directory of LibTorch (lib/, include/), or of Python's torch package")

set(_libtorch_hint "Run `npm run setup`, or give -DLIBTORCH=<dir> or the environment variable LIBTORCH, a directory that holds lib/ and include/.")
if(LIBTORCH STREQUAL "")
  message(FATAL_ERROR "LIBTORCH is not set. ${_libtorch_hint}")
endif()
# CMake keeps cached lists and paths from an earlier LIBTORCH; everything below is a plain variable, so a new LIBTORCH takes effect.
get_filename_component(_libtorch "${LIBTORCH}" ABSOLUTE)
set(_version_header torch/csrc/api/include/torch/version.h)
if(NOT EXISTS "${_libtorch}/include/${_version_header}")
  message(FATAL_ERROR "No LibTorch headers in LIBTORCH, which was \"${LIBTORCH}\": include/${_version_header} is missing. ${_libtorch_hint}")
endif()

set(DL_TRADE_LIBTORCH_LIB_DIR "${_libtorch}/lib")
foreach(_name torch_cpu c10)
  # Windows links against a library of its own beside each DLL.
  if(WIN32)
    set(_file "${DL_TRADE_LIBTORCH_LIB_DIR}/${_name}.lib")
  else()
    set(_file "${DL_TRADE_LIBTORCH_LIB_DIR}/${CMAKE_SHARED_LIBRARY_PREFIX}${_name}${CMAKE_SHARED_LIBRARY_SUFFIX}")
  endif()
  if(NOT EXISTS "${_file}")
    message(FATAL_ERROR "${_file} is missing. ${_libtorch_hint}")
  endif()
  set(_libtorch_${_name} "${_file}")
endforeach()

# The supported range stands in native/libtorch.json alone; the set-up script reads the same file.
set(_range_file "${CMAKE_CURRENT_LIST_DIR}/../libtorch.json")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${_range_file}")
file(READ "${_range_file}" _range)
string(JSON _minimum GET "${_range}" minimum)
string(JSON _below GET "${_range}" below)
string(JSON _tested GET "${_range}" tested)

# Newer releases moved the numbers to headeronly.
set(_version_text "")
foreach(_header ${_version_header} torch/headeronly/version.h)
  if(EXISTS "${_libtorch}/include/${_header}")
    file(STRINGS "${_libtorch}/include/${_header}" _lines REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) +[0-9]+")
    list(APPEND _version_text ${_lines})
  endif()
endforeach()
foreach(_part MAJOR MINOR PATCH)
  if(NOT "${_version_text}" MATCHES "TORCH_VERSION_${_part} +([0-9]+)")
    message(FATAL_ERROR "The version of LibTorch could not be read from ${_libtorch}/include/${_version_header}. ${_libtorch_hint}")
  endif()
  set(_version_${_part} "${CMAKE_MATCH_1}")
endforeach()
set(DL_TRADE_LIBTORCH_VERSION "${_version_MAJOR}.${_version_MINOR}.${_version_PATCH}")
if(DL_TRADE_LIBTORCH_VERSION VERSION_LESS _minimum OR DL_TRADE_LIBTORCH_VERSION VERSION_GREATER_EQUAL _below)
  message(FATAL_ERROR "LibTorch ${DL_TRADE_LIBTORCH_VERSION} in \"${LIBTORCH}\" is not supported: dl-trade needs >= ${_minimum} and < ${_below}. "
    "Install ${_tested}, for example: pip install torch==${_tested}")
endif()
message(STATUS "LibTorch ${DL_TRADE_LIBTORCH_VERSION} at ${_libtorch}")
if(NOT DL_TRADE_LIBTORCH_VERSION VERSION_EQUAL _tested)
  message(WARNING "dl-trade is tested with LibTorch ${_tested} only; ${DL_TRADE_LIBTORCH_VERSION} should work, run the parity tests.")
endif()

add_library(dl_trade_libtorch INTERFACE)
target_include_directories(dl_trade_libtorch SYSTEM INTERFACE
  "${_libtorch}/include" "${_libtorch}/include/torch/csrc/api/include")
# libtorch.so itself is an empty stub.
target_link_libraries(dl_trade_libtorch INTERFACE "${_libtorch_torch_cpu}" "${_libtorch_c10}")

# A library for the other C++ ABI of GCC compiles and then fails at load with a missing symbol: found here instead.
try_compile(_libtorch_links "${CMAKE_BINARY_DIR}/libtorch-abi"
  SOURCES "${CMAKE_CURRENT_LIST_DIR}/libtorch_abi.cpp"
  CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${_libtorch}/include"
  LINK_LIBRARIES "${_libtorch_c10}"
  CXX_STANDARD 20
  CXX_STANDARD_REQUIRED ON
  OUTPUT_VARIABLE _libtorch_output)
if(NOT _libtorch_links)
  message(FATAL_ERROR "A program that uses LibTorch at \"${LIBTORCH}\" does not link with ${CMAKE_CXX_COMPILER}; "
    "a build for the C++11 ABI and for this platform is needed.\n${_libtorch_output}")
endif()
