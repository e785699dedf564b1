# The browser page, built by web/build.mjs and embedded in the binary.
#
# SCROLLBACK_WEB says whether: ON embeds it where Node.js and the npm registry can be had and goes on
# without it where not (the API works all the same); REQUIRED makes that an error; OFF never tries.
# The result is the table of server/routes/page_assets.h, in the library scrollback_page.
set(SCROLLBACK_WEB ON CACHE STRING "Embed the browser page: ON (where possible), REQUIRED or OFF")
set_property(CACHE SCROLLBACK_WEB PROPERTY STRINGS ON REQUIRED OFF)

set(page_dir ${CMAKE_BINARY_DIR}/generated/page)
file(MAKE_DIRECTORY ${page_dir})
file(
    GLOB_RECURSE page_sources
    CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/web/js/*
    ${CMAKE_SOURCE_DIR}/web/css/*)
file(
    GLOB page_top
    CONFIGURE_DEPENDS
    ${CMAKE_SOURCE_DIR}/web/*.mjs
    ${CMAKE_SOURCE_DIR}/web/*.json
    ${CMAKE_SOURCE_DIR}/web/*.html
    ${CMAKE_SOURCE_DIR}/web/*.svg)

find_program(SCROLLBACK_NODE NAMES node nodejs)
find_program(SCROLLBACK_NPM NAMES npm)

add_custom_command(
    OUTPUT ${page_dir}/page_table.c
    COMMAND
        ${CMAKE_COMMAND} -DWANTED=${SCROLLBACK_WEB} -DNODE=${SCROLLBACK_NODE} -DNPM=${SCROLLBACK_NPM}
        -DWEB=${CMAKE_SOURCE_DIR}/web -DOUT=${page_dir} -P ${CMAKE_SOURCE_DIR}/cmake/build_page.cmake
    DEPENDS ${page_sources} ${page_top} ${CMAKE_SOURCE_DIR}/cmake/build_page.cmake
    COMMENT "Building the page"
    VERBATIM)

add_library(scrollback_page STATIC ${page_dir}/page_table.c)
target_include_directories(scrollback_page PRIVATE ${CMAKE_SOURCE_DIR}/server/routes)
target_link_libraries(scrollback_page PRIVATE scrollback_rules)
# The table finds the files by this path; it is no part of the object.
set_source_files_properties(${page_dir}/page_table.c PROPERTIES COMPILE_OPTIONS "-Wa,-I,${page_dir}")
