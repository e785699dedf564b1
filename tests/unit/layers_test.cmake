# Run by CTest: the layer check lets a downward dependency pass and refuses the others.
set(layers ${CMAKE_CURRENT_LIST_DIR}/../../cmake/layers.cmake)

# expect(WORD DEPENDENCY FOLDER): configuring FOLDER on top of DEPENDENCY must "pass" or "fail".
function(expect word folder dependency)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DDEPENDENCY=${dependency} -DLAYERS=${layers} -P
                ${CMAKE_CURRENT_LIST_DIR}/layers_probe.cmake
        RESULT_VARIABLE failed
        OUTPUT_QUIET ERROR_QUIET)
    if((failed AND word STREQUAL "pass") OR (NOT failed AND word STREQUAL "fail"))
        message(SEND_ERROR "${folder} on ${dependency} should ${word}")
    endif()
endfunction()

expect(pass corpus base)
expect(pass engine stats)
expect(pass http config)
expect(pass http engine)
expect(pass render api)
expect(fail text base)
expect(fail http routes)
expect(fail engine text)
expect(fail base corpus)
expect(fail match index)
expect(fail query query)
expect(fail query nowhere)
expect(fail nowhere base)
