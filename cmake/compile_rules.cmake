# How our code is compiled: warnings, hardening, reproducibility, sanitizers.
#
# Everything hangs on the interface library scrollback_rules, which each target of ours links
# PRIVATE; imported libraries are never compiled by these rules.
include(CheckCCompilerFlag)

add_library(scrollback_rules INTERFACE)
target_compile_definitions(scrollback_rules INTERFACE _GNU_SOURCE)
target_compile_options(
    scrollback_rules
    INTERFACE -Wall
              -Wextra
              -Wpedantic
              -Wshadow
              -Wconversion
              -Wstrict-prototypes
              -Wmissing-prototypes
              -Wvla
              -Wformat=2
              -Wundef
              # clang takes the "\xc3\xb6" "d" that keeps an escape short for a forgotten comma
              $<$<C_COMPILER_ID:Clang>:-Wno-string-concatenation>
              # and assert(!"why") for a conversion
              $<$<C_COMPILER_ID:Clang>:-Wno-string-conversion>
              $<$<BOOL:${SCROLLBACK_WERROR}>:-Werror>
              -fno-common
              "SHELL:-include \"${CMAKE_SOURCE_DIR}/cmake/forbidden.h\"")

# Position-independent as an executable, not as a library: -fPIC (what CMake would choose for a static
# library) keeps exported functions interposable, and so from being inlined.
target_compile_options(scrollback_rules INTERFACE -fPIE)
target_link_options(scrollback_rules INTERFACE -pie)

# Two builds of one commit give the same bytes wherever the checkout lies.
target_compile_options(scrollback_rules INTERFACE -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(SCROLLBACK_OPENMP)
    target_link_libraries(scrollback_rules INTERFACE OpenMP::OpenMP_C)
else()
    target_compile_definitions(scrollback_rules INTERFACE SCROLLBACK_NO_OPENMP)
    target_compile_options(scrollback_rules INTERFACE -Wno-unknown-pragmas)
endif()

# scrollback_flag_if(FLAG): add ${FLAG} where the compiler knows it for this architecture.
function(scrollback_flag_if flag)
    string(MAKE_C_IDENTIFIER "SCROLLBACK_HAS${flag}" name)
    check_c_compiler_flag("-Werror ${flag}" ${name})
    if(${name})
        target_compile_options(scrollback_rules INTERFACE ${flag})
    endif()
endfunction()

if(SCROLLBACK_SANITIZE)
    # -fsanitize=undefined alone goes on after a report; a test must fail instead.
    set(sanitize -fsanitize=${SCROLLBACK_SANITIZE} -fno-sanitize-recover=all)
    if(SCROLLBACK_FUZZ)
        list(APPEND sanitize -fsanitize=fuzzer-no-link)
    endif()
    target_compile_options(scrollback_rules INTERFACE ${sanitize})
    target_link_options(scrollback_rules INTERFACE ${sanitize})
else()
    scrollback_flag_if(-fstack-protector-strong)
    scrollback_flag_if(-fstack-clash-protection)
    scrollback_flag_if(-fcf-protection=full)
    scrollback_flag_if(-mbranch-protection=standard)
    # FORTIFY needs the optimiser; level 3 needs gcc 12 or clang 15 and falls back by itself.
    target_compile_options(
        scrollback_rules INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
    # Every object of ours is fit for a shadow stack, but the linker says so of the whole only if libc's
    # start files do too, and Debian's do not; they leave return addresses alone.
    if(SCROLLBACK_HAS_fcf_protection_full)
        target_link_options(scrollback_rules INTERFACE -Wl,-z,shstk)
    endif()
    target_link_options(
        scrollback_rules INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()
