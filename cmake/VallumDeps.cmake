# SPDX-License-Identifier: Apache-2.0
# Third-party packages behind one name each. None of them brings cryptography; docs/dependencies.md
# says why each is here.

function(vallum_dep name)
  add_library(vallum_dep_${name} INTERFACE)
  add_library(vallum::${name} ALIAS vallum_dep_${name})
  target_link_libraries(vallum_dep_${name} INTERFACE ${ARGN})
endfunction()

# Headers only, 1.81 or newer. The copy in the cache is tools/bootstrap's way when a machine already
# has an older Boost that must stay.
set(vallum_cache "$ENV{VALLUM_CACHE}")
if(NOT vallum_cache)
  set(vallum_cache "${CMAKE_SOURCE_DIR}/.cache")
endif()
find_path(VALLUM_BOOST_INCLUDE boost/beast.hpp
  PATHS "${vallum_cache}/boost/usr/include" NO_DEFAULT_PATH)
find_path(VALLUM_BOOST_INCLUDE boost/beast.hpp)
if(VALLUM_BOOST_INCLUDE)
  file(STRINGS "${VALLUM_BOOST_INCLUDE}/boost/version.hpp" vallum_boost_line REGEX "define BOOST_VERSION ")
  string(REGEX MATCH "[0-9]+" vallum_boost_version "${vallum_boost_line}")
endif()
if(NOT VALLUM_BOOST_INCLUDE OR vallum_boost_version LESS 108100)
  message(FATAL_ERROR "Boost 1.81 or newer not found; run tools/bootstrap build")
endif()
# Asio and Beast are compiled once, here, not again in every file that includes them.
add_library(vallum_boost_impl STATIC "${CMAKE_SOURCE_DIR}/cmake/boost_impl.cc")
target_include_directories(vallum_boost_impl SYSTEM PUBLIC "${VALLUM_BOOST_INCLUDE}")
target_compile_definitions(vallum_boost_impl PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
vallum_dep(boost vallum_boost_impl Threads::Threads)

find_package(fmt REQUIRED)
vallum_dep(fmt fmt::fmt)
find_package(spdlog REQUIRED)
vallum_dep(spdlog spdlog::spdlog)
find_package(CLI11 REQUIRED)
vallum_dep(cli11 CLI11::CLI11)
find_package(SQLite3 REQUIRED)
vallum_dep(sqlite SQLite::SQLite3)

find_path(VALLUM_TOML_INCLUDE toml++/toml.h REQUIRED)
vallum_dep(tomlplusplus)
target_include_directories(vallum_dep_tomlplusplus SYSTEM INTERFACE "${VALLUM_TOML_INCLUDE}")
target_compile_definitions(vallum_dep_tomlplusplus INTERFACE TOML_EXCEPTIONS=0 TOML_HEADER_ONLY=1)

find_path(VALLUM_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
vallum_dep(expected)
target_include_directories(vallum_dep_expected SYSTEM INTERFACE "${VALLUM_EXPECTED_INCLUDE}")

find_path(VALLUM_RAPIDJSON_INCLUDE rapidjson/rapidjson.h REQUIRED)
vallum_dep(rapidjson)
target_include_directories(vallum_dep_rapidjson SYSTEM INTERFACE "${VALLUM_RAPIDJSON_INCLUDE}")

find_package(ZLIB REQUIRED)
vallum_dep(zlib ZLIB::ZLIB)
find_package(BZip2 REQUIRED)
vallum_dep(bzip2 BZip2::BZip2)
find_package(LibLZMA REQUIRED)
vallum_dep(lzma LibLZMA::LibLZMA)
find_path(VALLUM_ZSTD_INCLUDE zstd.h REQUIRED)
find_library(VALLUM_ZSTD zstd REQUIRED)
vallum_dep(zstd ${VALLUM_ZSTD})
target_include_directories(vallum_dep_zstd SYSTEM INTERFACE "${VALLUM_ZSTD_INCLUDE}")

if(VALLUM_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_library(VALLUM_RAPIDCHECK rapidcheck REQUIRED)
  find_path(VALLUM_RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
  vallum_dep(rapidcheck ${VALLUM_RAPIDCHECK})
  target_include_directories(vallum_dep_rapidcheck SYSTEM INTERFACE "${VALLUM_RAPIDCHECK_INCLUDE}")
endif()
