# The strategies against the oracle, on data that the generator makes; on a corpus of one's own:
#   build/release/tests/agree/agree ROOT --queries 300
add_executable(agree agree.c compare.c make_query.c sample.c)
target_link_libraries(agree PRIVATE scrollback_exec scrollback_rules Threads::Threads m)
set_target_properties(agree PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})

# agree_on(NAME QUERIES SEED generator-arguments…): make a corpus and compare on it.
function(agree_on name queries seed)
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name})
    add_test(NAME agree.${name}.data
        COMMAND ${CMAKE_COMMAND} -D GENERATOR=$<TARGET_FILE:scrollback-gen> -D OUT=${dir} "-DARGUMENTS=${ARGN}"
                -P ${CMAKE_CURRENT_SOURCE_DIR}/make_data.cmake)
    set_tests_properties(agree.${name}.data PROPERTIES LABELS agree FIXTURES_SETUP agree_${name})
    add_test(NAME agree.${name} COMMAND agree ${dir}/projects --queries ${queries} --seed ${seed})
    set_tests_properties(agree.${name} PROPERTIES LABELS agree FIXTURES_REQUIRED agree_${name} TIMEOUT 900)
endfunction()

agree_on(pitfalls 3000 1 --size 600K --seed 7 --pitfalls)
agree_on(ordinary 300 2 --size 4M --seed 8)
