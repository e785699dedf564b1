/* open_page.h: Showing the page in the user's browser when the service is up.
 *
 * The service may not start programs once it is fenced in (sandbox.h), and what it started from
 * inside would be fenced in too. So a helper process is made before, which waits for the address.
 */
#ifndef SCROLLBACK_OPEN_PAGE_H
#define SCROLLBACK_OPEN_PAGE_H

#include "vocabulary.h"

/* open_page_prepare(program, err): Start the helper; ${program} is what opens an address given as its
 * one argument, found along PATH. To be called before any thread is started and before
 * sandbox_files(). Return a descriptor for open_page_show(), or -1 with ${err}. */
int open_page_prepare(const char *program, struct error *err);

/* open_page_show(fd, url): Let the helper open ${url} and be done with it; consumes ${fd}. With a NULL
 * ${url}, or if the service ends without this call, the helper just goes. Return 0 or -1. */
int open_page_show(int fd, const char *url);

#endif
