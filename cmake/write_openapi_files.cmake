# Run by openapi.cmake: OUT/openapi_files.c, the table of what openapi_to_json has written to OUT.
set(data "")
set(table "")
foreach(extension yaml json)
    set(file ${OUT}/openapi.${extension})
    file(SIZE ${file} size)
    file(SIZE ${file}.gz gzip_size)
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 32 hash)
    string(APPEND data "EMBED(plain_${extension}, \"openapi.${extension}\");\n")
    string(APPEND data "EMBED(gzip_${extension}, \"openapi.${extension}.gz\");\n")
    string(
        APPEND table
        "    {\"/openapi.${extension}\", \"application/${extension}\", \"${hash}\", plain_${extension}, ${size}, gzip_${extension}, ${gzip_size}},\n"
    )
endforeach()

# The hashes stand in the source, so that a changed file recompiles it.
file(
    WRITE ${OUT}/openapi_files.c
    "/* openapi_files.c: Written by the build. */
#include \"openapi_files.h\"

/* The bytes of a file as read-only data, followed by a NUL. */
#define EMBED(name, file)                                                      \\
    extern const unsigned char name[] __attribute__((visibility(\"hidden\"))); \\
    __asm__(\".section .rodata\\n.balign 16\\n\" #name \":\\n.incbin \\\"\" file  \\
            \"\\\"\\n.byte 0\\n.previous\\n\")

${data}
const struct page_asset openapi_files[OPENAPI_FILES] = {
${table}};
")
