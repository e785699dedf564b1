# Run by web.cmake: build the page of WEB into OUT/files and write OUT/page_table.c; or say why not in OUT/why.
file(REMOVE ${OUT}/why)

# give_up(REASON): no page; an error where it was insisted on.
macro(give_up reason)
    file(WRITE ${OUT}/why "${reason}\n${said}")
    if(WANTED STREQUAL "REQUIRED")
        message(FATAL_ERROR "page: ${reason}")
    elseif(NOT WANTED STREQUAL "OFF")
        message(STATUS "page: ${reason}; the binary will have the API alone")
    endif()
    file(REMOVE_RECURSE ${OUT}/files)
endmacro()

# run(WHAT COMMAND…): set ${failed} if it does, and show what it said.
macro(run what)
    execute_process(
        COMMAND ${ARGN}
        WORKING_DIRECTORY ${WEB}
        OUTPUT_VARIABLE said
        ERROR_VARIABLE said
        RESULT_VARIABLE failed)
    if(failed)
        message(STATUS "page: ${what} said:\n${said}")
    else()
        set(said "")
    endif()
endmacro()

# set_npm_cache(): ${npm_cache} is empty, or options that give npm a cache of ours where it may not write to its own.
macro(set_npm_cache)
    execute_process(
        COMMAND ${NPM} config get cache
        WORKING_DIRECTORY ${WEB}
        OUTPUT_VARIABLE its_own
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET)
    execute_process(
        COMMAND sh -c "mkdir -p \"$1\" && test -w \"$1\"" - "${its_own}"
        RESULT_VARIABLE refused
        ERROR_QUIET)
    set(npm_cache "")
    if(refused)
        set(npm_cache --cache ${OUT}/npm)
    endif()
endmacro()

set(retry FALSE)
if(WANTED STREQUAL "OFF")
    give_up("not wanted")
elseif(NOT EXISTS ${WEB}/build.mjs)
    give_up("this tree has none")
elseif(NOT NODE OR NOT NPM)
    give_up("Node.js or npm is missing")
else()
    set(failed 0)
    set(installed ${WEB}/node_modules/.package-lock.json)
    if(NOT EXISTS ${installed} OR ${WEB}/package-lock.json IS_NEWER_THAN ${installed})
        set_npm_cache()
        run("npm ci" ${NPM} ci --ignore-scripts --no-audit --no-fund ${npm_cache})
    endif()
    if(NOT failed)
        run("build.mjs" ${NODE} build.mjs ${OUT}/files)
    endif()
    if(failed)
        give_up("could not be built")
        set(retry TRUE)
    endif()
endif()

# How browsers are told what a file is.
function(media_type out name)
    set(html "text/html; charset=utf-8")
    set(css "text/css; charset=utf-8")
    set(js "text/javascript; charset=utf-8")
    set(json "application/json")
    set(svg "image/svg+xml")
    set(png "image/png")
    set(woff2 "font/woff2")
    set(txt "text/plain; charset=utf-8")
    get_filename_component(extension ${name} LAST_EXT)
    string(SUBSTRING "${extension}" 1 -1 extension)
    if(DEFINED ${extension})
        set(${out} "${${extension}}" PARENT_SCOPE)
    else()
        set(${out} "application/octet-stream" PARENT_SCOPE)
    endif()
endfunction()

file(GLOB_RECURSE files RELATIVE ${OUT}/files ${OUT}/files/*)
list(FILTER files EXCLUDE REGEX "\\.gz$")
list(SORT files COMPARE STRING)

set(data "")
set(table "")
set(count 0)
foreach(name IN LISTS files)
    media_type(type ${name})
    file(SIZE ${OUT}/files/${name} size)
    file(SHA256 ${OUT}/files/${name} hash)
    string(SUBSTRING ${hash} 0 32 hash)
    string(APPEND data "EMBED(plain_${count}, \"files/${name}\");\n")
    set(gzip "NULL, 0")
    if(EXISTS ${OUT}/files/${name}.gz)
        string(APPEND data "EMBED(gzip_${count}, \"files/${name}.gz\");\n")
        file(SIZE ${OUT}/files/${name}.gz gzip_size)
        set(gzip "gzip_${count}, ${gzip_size}")
    endif()
    string(APPEND table "    {\"/${name}\", \"${type}\", \"${hash}\", plain_${count}, ${size}, ${gzip}},\n")
    math(EXPR count "${count} + 1")
endforeach()

# The hashes stand in the source, so that a changed file recompiles it.
file(
    WRITE ${OUT}/page_table.c
    "/* page_table.c: The files of the page, sorted by path. Written by the build. */
#include \"page_assets.h\"

/* The bytes of a file as read-only data, followed by a NUL. */
#define EMBED(name, file)                                                      \\
    extern const unsigned char name[] __attribute__((visibility(\"hidden\"))); \\
    __asm__(\".section .rodata\\n.balign 16\\n\" #name \":\\n.incbin \\\"\" file  \\
            \"\\\"\\n.byte 0\\n.previous\\n\")

${data}
const struct page_asset page_assets[] = {
${table}    {NULL, NULL, NULL, NULL, 0, NULL, 0},
};

const size_t page_asset_count = ${count};
")
if(retry)
    # Older than its sources: the next build tries again.
    execute_process(COMMAND touch -d @1 ${OUT}/page_table.c)
endif()
