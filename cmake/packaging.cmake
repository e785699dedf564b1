# What `cmake --install` puts where, and the Debian package that CPack makes of it (./dev package).
#
# Other prefixes (say --prefix ~/.local) take the same tree.
set(units ${CMAKE_SOURCE_DIR}/packaging/systemd)
install(DIRECTORY ${units}/user ${units}/system DESTINATION lib/systemd)
install(FILES ${units}/sysusers.conf DESTINATION lib/sysusers.d RENAME scrollback.conf)
install(FILES ${units}/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME scrollback.conf)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/scrollback RENAME copyright)
install(FILES ${CMAKE_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/scrollback)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/sample/projects DESTINATION ${CMAKE_INSTALL_DATADIR}/scrollback/sample)

# The program writes its own manual page and completions, from the table that --help comes from.
set(written ${CMAKE_BINARY_DIR}/generated/manual)
file(MAKE_DIRECTORY ${written})
add_custom_command(
    OUTPUT ${written}/scrollback.1.gz ${written}/scrollback.bash ${written}/_scrollback ${written}/scrollback.fish
    COMMAND scrollback manual > scrollback.1
    COMMAND gzip -9 -n -f scrollback.1
    COMMAND scrollback completion bash > scrollback.bash
    COMMAND scrollback completion zsh > _scrollback
    COMMAND scrollback completion fish > scrollback.fish
    DEPENDS scrollback
    WORKING_DIRECTORY ${written}
    COMMENT "Writing the manual page and completions"
    VERBATIM)
set(with_all ALL)
if(SCROLLBACK_SANITIZE)
    set(with_all "") # such a build is for tests, not for installing
endif()
add_custom_target(scrollback_manual ${with_all} DEPENDS ${written}/scrollback.1.gz)
set(share ${CMAKE_INSTALL_DATADIR})
install(FILES ${written}/scrollback.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${written}/scrollback.bash DESTINATION ${share}/bash-completion/completions RENAME scrollback)
install(FILES ${written}/_scrollback DESTINATION ${share}/zsh/vendor-completions)
install(FILES ${written}/scrollback.fish DESTINATION ${share}/fish/vendor_completions.d)

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
set(scripts ${CMAKE_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${scripts}/postinst ${scripts}/prerm ${scripts}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
