# openapi.yaml in the binary, as it stands and as JSON: server/routes/openapi_files.h, in the library
# scrollback_openapi.
set(openapi_dir ${CMAKE_BINARY_DIR}/generated/openapi)
file(MAKE_DIRECTORY ${openapi_dir})

add_executable(openapi_to_json ${CMAKE_SOURCE_DIR}/cmake/openapi_to_json.c)
target_link_libraries(openapi_to_json PRIVATE scrollback_rules PkgConfig::JANSSON PkgConfig::ZLIB)
set_target_properties(openapi_to_json PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${openapi_dir})

add_custom_command(
    OUTPUT ${openapi_dir}/openapi_files.c
    COMMAND openapi_to_json ${CMAKE_SOURCE_DIR}/openapi.yaml ${openapi_dir}
    COMMAND ${CMAKE_COMMAND} -DOUT=${openapi_dir} -P ${CMAKE_SOURCE_DIR}/cmake/write_openapi_files.cmake
    DEPENDS openapi_to_json ${CMAKE_SOURCE_DIR}/openapi.yaml ${CMAKE_SOURCE_DIR}/cmake/write_openapi_files.cmake
    COMMENT "Embedding openapi.yaml"
    VERBATIM)

add_library(scrollback_openapi STATIC ${openapi_dir}/openapi_files.c)
target_include_directories(scrollback_openapi PRIVATE ${CMAKE_SOURCE_DIR}/server/routes)
target_link_libraries(scrollback_openapi PRIVATE scrollback_rules)
set_source_files_properties(${openapi_dir}/openapi_files.c PROPERTIES COMPILE_OPTIONS "-Wa,-I,${openapi_dir}")
