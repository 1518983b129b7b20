# SPDX-License-Identifier: Apache-2.0
# The jitterentropy library, a noise source of the module: target vallum_jitterentropy, static. Built at
# configure time when no cached build matches.

set(VALLUM_JITTERENTROPY_PREFIX "" CACHE PATH "A finished deps/jitterentropy build to use instead of building")
set(vallum_jitter "${VALLUM_JITTERENTROPY_PREFIX}")
if(NOT vallum_jitter)
  execute_process(COMMAND "${CMAKE_SOURCE_DIR}/deps/jitterentropy/build.sh"
    OUTPUT_VARIABLE vallum_jitter OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE vallum_jitter_result)
  if(NOT vallum_jitter_result EQUAL 0)
    message(FATAL_ERROR "jitterentropy could not be built; the lines above say why")
  endif()
endif()
message(STATUS "jitterentropy: ${vallum_jitter}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  deps/fetch.sh deps/jitterentropy/build.sh deps/jitterentropy/releases.txt)

add_library(vallum_jitterentropy STATIC IMPORTED GLOBAL)
set_target_properties(vallum_jitterentropy PROPERTIES
  IMPORTED_LOCATION "${vallum_jitter}/lib/libvallum_jitterentropy.a"
  INTERFACE_INCLUDE_DIRECTORIES "${vallum_jitter}/include")
install(FILES "${vallum_jitter}/LICENSE.bsd" DESTINATION share/doc/vallum RENAME jitterentropy-LICENSE)
