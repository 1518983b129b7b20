# SPDX-License-Identifier: Apache-2.0
# Language, warnings, hardening, sanitizers, the layout of the build tree, ccache.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

# The same shape as an installation, so that both are relocatable: bin/ lib/ lib/vallum/.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/obj")
set(CMAKE_INSTALL_BINDIR bin)
set(CMAKE_INSTALL_LIBDIR lib)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib" "$ORIGIN")
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)

set(VALLUM_SANITIZE "" CACHE STRING "Sanitizers for the whole build, as for -fsanitize=")

add_library(vallum_flags INTERFACE)
target_include_directories(vallum_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(vallum_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Werror $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  -fstack-protector-strong -fno-omit-frame-pointer -fno-semantic-interposition -ftls-model=initial-exec
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
target_compile_definitions(vallum_flags INTERFACE _GLIBCXX_ASSERTIONS)
# What only tests hold is not optimised: a third less to wait for. What they test is.
set(is_test $<BOOL:$<TARGET_PROPERTY:VALLUM_TEST>>)
target_compile_options(vallum_flags INTERFACE $<${is_test}:-O0>)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT VALLUM_SANITIZE)
  target_compile_options(vallum_flags INTERFACE
    -U_FORTIFY_SOURCE $<$<NOT:${is_test}>:-D_FORTIFY_SOURCE=2>)
endif()
target_link_options(vallum_flags INTERFACE
  -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--enable-new-dtags)
target_link_libraries(vallum_flags INTERFACE Threads::Threads)

if(VALLUM_SANITIZE)
  add_compile_options(-fsanitize=${VALLUM_SANITIZE} -fno-sanitize-recover=all -O1)
  add_link_options(-fsanitize=${VALLUM_SANITIZE})
else()
  add_link_options($<$<LINK_LANGUAGE:CXX>:-Wl,--no-undefined>)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# Paths relative to the repository make the cache's entries good for every build folder.
find_program(VALLUM_CCACHE ccache)
if(VALLUM_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=time_macros,include_file_mtime
    ${VALLUM_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
