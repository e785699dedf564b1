# What `cmake --install` puts where, and the Debian package that CPack makes of it (./dev package).
#
# Other prefixes (say --prefix ~/.local) take the same tree.
set(units ${CMAKE_SOURCE_DIR}/packaging/systemd)
install(FILES ${units}/scrollback.service ${units}/scrollback.socket DESTINATION lib/systemd/user)
install(FILES ${units}/scrollback@.service ${units}/scrollback@.socket DESTINATION lib/systemd/system)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/scrollback RENAME copyright)
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/scrollback)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME scrollback)
set(CPACK_PACKAGE_CONTACT "the scrollback developers <scrollback@localhost>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "search over coding-agent transcripts")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "scrollback reads the transcripts that Claude Code leaves under ~/.claude/projects
and answers queries over HTTP, in the browser and on the command line.
Sources are only read, and nothing leaves the machine.")
include(CPack)
