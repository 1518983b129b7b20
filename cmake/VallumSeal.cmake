# SPDX-License-Identifier: Apache-2.0
# The integrity seal (docs/decisions/0007-integrity.md).
#
#   vallum_seal_boundary(target)   link `target` (libvallum.so) so that it can be sealed, and seal it
#   vallum_unsealed_twin(target a.cc)   for tests: tests/unsealed/libvallum.so, what VALLUM_SEAL=OFF would
#       make; a.cc is the one source that differs
#   vallum_install_seal_check()    `cmake --install` fails unless what it installed verifies

option(VALLUM_SEAL "Seal libvallum.so. OFF is for debuggers: such a build says so, refuses policy \
`only` and cannot be installed" ON)

function(vallum_seal_boundary target)
  target_link_options(${target} PRIVATE
    -Wl,-z,text,-z,separate-code,-z,nodelete,-Bsymbolic-functions,--build-id=sha1)
  set(lib "${CMAKE_BINARY_DIR}/lib")
  set(tool "${CMAKE_BINARY_DIR}/bin/vallum-seal")
  set(profile "${lib}/vallum/fips-profile.toml")
  if(NOT VALLUM_SEAL)
    target_compile_definitions(${target} PRIVATE VALLUM_UNSEALED)
    return()
  endif()
  add_dependencies(${target} vallum_seal)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS
    "${tool}" "${profile}" "${VALLUM_FIPS_MODULE}")
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND "${tool}" sign "$<TARGET_FILE:${target}>" "${lib}/libcrypto-vallum.so.3"
      "${VALLUM_FIPS_MODULE}"
    COMMENT "Sealing $<TARGET_FILE_NAME:${target}>" VERBATIM)
endfunction()

function(vallum_unsealed_twin target differing)
  string(REPLACE "." "\\." pattern "${differing}")
  add_library(${target}_unsealed SHARED ${differing}
    "$<FILTER:$<TARGET_OBJECTS:${target}>,EXCLUDE,/${pattern}\\.o$>")
  target_compile_definitions(${target}_unsealed PRIVATE VALLUM_UNSEALED)
  get_target_property(libraries ${target} LINK_LIBRARIES)
  get_target_property(options ${target} LINK_OPTIONS)
  target_link_libraries(${target}_unsealed PRIVATE ${libraries})
  target_link_options(${target}_unsealed PRIVATE ${options})
  set_target_properties(${target}_unsealed PROPERTIES OUTPUT_NAME vallum
    LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests/unsealed")
endfunction()

function(vallum_install_seal_check)
  if(NOT VALLUM_SEAL OR VALLUM_SANITIZE)
    install(CODE "message(FATAL_ERROR \"This build is for tests (VALLUM_SEAL=${VALLUM_SEAL}, \
VALLUM_SANITIZE=${VALLUM_SANITIZE}); it cannot be installed. Configure the release preset.\")")
    return()
  endif()
  install(CODE "
    set(prefix \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\")
    set(lib \"\${prefix}/${CMAKE_INSTALL_LIBDIR}\")
    execute_process(COMMAND \"\${prefix}/${CMAKE_INSTALL_BINDIR}/vallum-seal\" verify
        \"\${lib}/libvallum.so\" \"\${lib}/libcrypto-vallum.so.3\" \"\${lib}/vallum/fips.so\"
      RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
      message(FATAL_ERROR \"The installed boundary does not verify; the lines above say why\")
    endif()")
endfunction()
