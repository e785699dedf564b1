# Run by build_info.cmake: write OUTPUT, unless it already says the same.
if(COMMIT STREQUAL "")
    execute_process(
        COMMAND git -C ${SOURCE_DIR} rev-parse --short=12 HEAD
        OUTPUT_VARIABLE COMMIT
        OUTPUT_STRIP_TRAILING_WHITESPACE
        ERROR_QUIET
        RESULT_VARIABLE failed)
    if(failed)
        set(COMMIT unknown)
    endif()
endif()

set(text "/* build_info.h: what this binary was built from. Written by the build. */
#ifndef BUILD_INFO_H
#define BUILD_INFO_H

#define BUILD_INFO_VERSION \"${VERSION}\"
#define BUILD_INFO_COMMIT \"${COMMIT}\"
#define BUILD_INFO_SANITIZE \"${SANITIZE}\"

#endif
")

set(before "")
if(EXISTS ${OUTPUT})
    file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL text)
    file(WRITE ${OUTPUT} "${text}")
endif()
