# SPDX-License-Identifier: Apache-2.0
# Vallum's private OpenSSL: targets vallum::crypto and vallum::ssl, and for fips.so in the build
# tree VALLUM_FIPS_MODULE (its path), with fips.mac beside it (the module-mac that its load wants). Built
# at configure time when no cached build matches.

set(VALLUM_OPENSSL_PREFIX "" CACHE PATH "A finished deps/openssl build to use instead of building")
set(VALLUM_PROVIDER full CACHE STRING "full, or fast: a fips.so without SLH-DSA, which loads in a fraction")
set_property(CACHE VALLUM_PROVIDER PROPERTY STRINGS full fast)
set(vallum_openssl "${VALLUM_OPENSSL_PREFIX}")
if(NOT vallum_openssl)
  message(STATUS "OpenSSL: looking for the pinned build (the first time takes minutes)")
  execute_process(COMMAND ${CMAKE_COMMAND} -E env VALLUM_PROVIDER=${VALLUM_PROVIDER}
      "${CMAKE_SOURCE_DIR}/deps/openssl/build.sh"
    OUTPUT_VARIABLE vallum_openssl OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE vallum_openssl_result)
  if(NOT vallum_openssl_result EQUAL 0)
    message(FATAL_ERROR "OpenSSL could not be built; the lines above say why")
  endif()
endif()
if(NOT EXISTS "${vallum_openssl}/lib/ossl-modules/fips.so")
  message(FATAL_ERROR "${vallum_openssl} is not a deps/openssl build (no lib/ossl-modules/fips.so)")
endif()
message(STATUS "OpenSSL: ${vallum_openssl}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  deps/fetch.sh deps/openssl/build.sh deps/openssl/options.txt deps/openssl/releases.txt deps/openssl/vallum.conf)

# Copies, because the build tree must run from anywhere and tests damage theirs.
set(VALLUM_FIPS_MODULE "${CMAKE_BINARY_DIR}/lib/vallum/fips.so")
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lib/vallum")
file(COPY_FILE "${vallum_openssl}/lib/ossl-modules/fips.so" "${VALLUM_FIPS_MODULE}" ONLY_IF_DIFFERENT)
file(STRINGS "${vallum_openssl}/VERSION" VALLUM_OPENSSL_VERSION)
file(COPY_FILE "${vallum_openssl}/lib/ossl-modules/fips.mac" "${CMAKE_BINARY_DIR}/lib/vallum/fips.mac"
  ONLY_IF_DIFFERENT)

foreach(name crypto ssl)
  set(vallum_lib "${CMAKE_BINARY_DIR}/lib/lib${name}-vallum.so.3")
  file(COPY_FILE "${vallum_openssl}/lib/lib${name}-vallum.so.3" "${vallum_lib}" ONLY_IF_DIFFERENT)
  add_library(vallum::${name} SHARED IMPORTED GLOBAL)
  set_target_properties(vallum::${name} PROPERTIES
    IMPORTED_LOCATION "${vallum_lib}" IMPORTED_SONAME "lib${name}-vallum.so.3"
    INTERFACE_INCLUDE_DIRECTORIES "${vallum_openssl}/include")
endforeach()
target_link_libraries(vallum::ssl INTERFACE vallum::crypto)
