# Where the libraries come from: Debian packages, found by pkg-config.
#
# Each becomes an imported target PkgConfig::<NAME>; a library names those it uses after EXTERNAL
# in its scrollback_library() call. docs/DEPENDENCIES.md says what each one is for.
find_package(PkgConfig REQUIRED)

pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd>=0.9.75)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.13)
pkg_check_modules(HS REQUIRED IMPORTED_TARGET libhs>=5.4)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8>=10.40)
pkg_check_modules(URING REQUIRED IMPORTED_TARGET liburing>=2.0)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc>=2.5)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash>=0.8)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)

if(SCROLLBACK_BUILD_TESTS)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka>=1.1)
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

if(SCROLLBACK_OPENMP)
    find_package(OpenMP REQUIRED COMPONENTS C)
endif()
