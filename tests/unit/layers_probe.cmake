# One probe of layers_test.cmake.
include(${LAYERS})
scrollback_check_layers(${FOLDER} ${DEPENDENCY})
