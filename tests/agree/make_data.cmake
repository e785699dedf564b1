# cmake -D GENERATOR=program -D OUT=folder -D ARGUMENTS=list -P make_data.cmake: a fresh corpus.
file(REMOVE_RECURSE ${OUT})
execute_process(COMMAND ${GENERATOR} --out ${OUT} ${ARGUMENTS} RESULT_VARIABLE failed OUTPUT_QUIET)
if(failed)
    message(FATAL_ERROR "${GENERATOR} failed: ${failed}")
endif()
