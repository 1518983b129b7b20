# SPDX-License-Identifier: Apache-2.0
# The functions that every component's CMakeLists.txt uses.
#
#   vallum_library(name SOURCES a.cc ... [DEPS ...] [HIDDEN])         static, position-independent
#   vallum_shared(name OUTPUT vallum SOURCES ... [WHOLE libs ...] [PRIVATE libs ...] [DEPS ...])
#       libvallum.so. WHOLE: static libraries taken in entirely and exported; PRIVATE: static
#       libraries taken in and kept hidden; DEPS: as elsewhere.
#   vallum_program(name OUTPUT vallumd SOURCES ... [DEPS ...])        bin/vallumd, installed
#   vallum_test(name SOURCES x_test.cc ... [DEPS ...] [RUN_SERIAL] [TIMEOUT n] [LABELS ...])
#       one GoogleTest program, one ctest entry; label `unit` unless LABELS are given.
#   vallum_fuzz(name SOURCES x_fuzz.cc ... [DEPS ...])                a libFuzzer target, <build>/fuzz/name;
#       ./dev fuzz runs it with fuzz/corpus/name as its seeds
#   vallum_add_if_present(folder)
#
# DEPS are Vallum's own targets or vallum::NAME from VallumDeps and VallumOpenSSL.

function(vallum_add_if_present folder)
  if(EXISTS "${CMAKE_SOURCE_DIR}/${folder}/CMakeLists.txt")
    add_subdirectory(${folder})
  endif()
endfunction()

# Each target's flags, includes and dependencies.
function(vallum_target name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPS")
  target_link_libraries(${name} PUBLIC vallum_flags vallum::expected vallum::fmt ${arg_DEPS})
endfunction()

function(vallum_check_arguments)
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${name}: unknown arguments ${arg_UNPARSED_ARGUMENTS}; see cmake/Vallum.cmake")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "${name}: no SOURCES")
  endif()
endfunction()

function(vallum_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "HIDDEN" "" "SOURCES;DEPS")
  vallum_check_arguments()
  add_library(${name} STATIC ${arg_SOURCES})
  vallum_target(${name} DEPS ${arg_DEPS})
  if(arg_HIDDEN)
    set_target_properties(${name} PROPERTIES
      CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  endif()
endfunction()

function(vallum_shared name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "SOURCES;WHOLE;PRIVATE;DEPS")
  vallum_check_arguments()
  add_library(${name} SHARED ${arg_SOURCES})
  vallum_target(${name} DEPS ${arg_DEPS})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME ${arg_OUTPUT})
  foreach(library ${arg_WHOLE})
    target_link_libraries(${name} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,${library}>)
  endforeach()
  foreach(library ${arg_PRIVATE})
    target_link_libraries(${name} PRIVATE ${library})
    target_link_options(${name} PRIVATE -Wl,--exclude-libs,lib${library}.a)
  endforeach()
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

function(vallum_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT" "SOURCES;DEPS")
  vallum_check_arguments()
  add_executable(${name} ${arg_SOURCES})
  vallum_target(${name} DEPS ${arg_DEPS})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME ${arg_OUTPUT})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

function(vallum_test name)
  if(NOT VALLUM_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "RUN_SERIAL" "TIMEOUT" "SOURCES;DEPS;LABELS")
  vallum_check_arguments()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  vallum_target(${name} DEPS ${arg_DEPS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    VALLUM_BINARY_DIR="${CMAKE_BINARY_DIR}" VALLUM_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    VALLUM_FIPS_MODULE="${VALLUM_FIPS_MODULE}")
  set_target_properties(${name} PROPERTIES
    VALLUM_TEST ON RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" RUN_SERIAL ${arg_RUN_SERIAL})
endfunction()

function(vallum_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS")
  vallum_check_arguments()
  add_executable(${name} ${arg_SOURCES})
  vallum_target(${name} DEPS ${arg_DEPS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
endfunction()

function(vallum_install_runtime)
  install(FILES "${CMAKE_BINARY_DIR}/lib/libcrypto-vallum.so.3" "${CMAKE_BINARY_DIR}/lib/libssl-vallum.so.3"
    DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES "${VALLUM_FIPS_MODULE}" DESTINATION ${CMAKE_INSTALL_LIBDIR}/vallum)
  install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION share/doc/vallum)
endfunction()
