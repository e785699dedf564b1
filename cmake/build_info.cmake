# build_info.h: the version, the commit and the features that `scrollback version` reports.
#
# The commit is looked up at build time, not at configure time, and the header is rewritten only
# when it changes, so that a commit costs one recompiled file. A source tree without git (a release
# archive, a container build) gives the commit by SCROLLBACK_COMMIT, else it is "unknown".
set(SCROLLBACK_COMMIT "" CACHE STRING "Commit to report, for builds outside a git checkout")

set(build_info_dir ${CMAKE_BINARY_DIR}/generated/build_info)
add_custom_target(
    scrollback_build_info_header
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${build_info_dir}/build_info.h -DSOURCE_DIR=${CMAKE_SOURCE_DIR}
            -DVERSION=${PROJECT_VERSION} -DCOMMIT=${SCROLLBACK_COMMIT} -DSANITIZE=${SCROLLBACK_SANITIZE}
            -P ${CMAKE_SOURCE_DIR}/cmake/write_build_info.cmake
    BYPRODUCTS ${build_info_dir}/build_info.h
    COMMENT "Looking up the commit"
    VERBATIM)

add_library(scrollback_build_info INTERFACE)
target_include_directories(scrollback_build_info INTERFACE ${build_info_dir})
add_dependencies(scrollback_build_info scrollback_build_info_header)
