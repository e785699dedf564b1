# The layers of the engine and, above them, of the server, and the check that dependencies point one way.
#
#   api < base < json < source < corpus < query < match < index < exec < stats < sessions < engine
#       < text < config < system < http < render < routes < commands < server
#
# A library may depend only on libraries that stand before it, the server's of the engine only on engine.h and
# the types of api. Each owns its folder as include directory, so that including a header from above does
# not compile.
set(SCROLLBACK_LAYERS
    api base json source corpus query match index exec stats sessions engine
    text config system http render routes commands server)

# scrollback_check_layers(FOLDER DEPENDS…): fail unless each of DEPENDS stands below FOLDER.
function(scrollback_check_layers folder)
    list(FIND SCROLLBACK_LAYERS ${folder} height)
    if(height LESS 0)
        message(FATAL_ERROR "${folder} is not one of the layers: ${SCROLLBACK_LAYERS}")
    endif()
    foreach(lower IN LISTS ARGN)
        list(FIND SCROLLBACK_LAYERS ${lower} lower_height)
        if(lower_height LESS 0)
            message(FATAL_ERROR "${folder} depends on ${lower}, which is not one of the layers: ${SCROLLBACK_LAYERS}")
        endif()
        if(NOT lower_height LESS height)
            message(FATAL_ERROR "${folder} depends on ${lower}: dependencies point downwards in ${SCROLLBACK_LAYERS}")
        endif()
        list(FIND SCROLLBACK_LAYERS engine engine_height)
        if(height GREATER engine_height AND lower_height LESS engine_height AND NOT lower STREQUAL "api")
            message(FATAL_ERROR "${folder} depends on ${lower}: the server sees engine.h and the types of api only")
        endif()
    endforeach()
endfunction()

# scrollback_library(FOLDER [DEPENDS layer…] [EXTERNAL target…])
#
# Make the static library scrollback_<FOLDER> from every .c file of the folder. DEPENDS names lower
# layers, whose headers become visible to it and to its users; EXTERNAL names imported targets, which
# stay private to it. A folder without sources becomes a header-only library.
function(scrollback_library folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;EXTERNAL")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "scrollback_library(${folder}): unexpected ${arg_UNPARSED_ARGUMENTS}")
    endif()
    scrollback_check_layers(${folder} ${arg_DEPENDS})

    set(dir ${CMAKE_CURRENT_SOURCE_DIR}/${folder})
    file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.c)
    list(TRANSFORM arg_DEPENDS PREPEND scrollback_ OUTPUT_VARIABLE lower)
    set(target scrollback_${folder})
    if(sources)
        add_library(${target} STATIC ${sources})
        target_include_directories(${target} PUBLIC ${dir})
        target_link_libraries(${target} PUBLIC ${lower} PRIVATE scrollback_rules ${arg_EXTERNAL} Threads::Threads m)
    else()
        add_library(${target} INTERFACE)
        target_include_directories(${target} INTERFACE ${dir})
        target_link_libraries(${target} INTERFACE ${lower})
    endif()
endfunction()
