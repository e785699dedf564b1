/* healthcheck.h: Asking a running service whether it is well, for containers and supervisors. */
#ifndef SCROLLBACK_HEALTHCHECK_H
#define SCROLLBACK_HEALTHCHECK_H

#include <stdbool.h>

/* healthcheck_run(address, ready): Ask the service that was told to listen on ${address} (listen_parse(); one
 * that listens on every address is asked at its loopback) for /livez, or with ${ready} for /readyz; wait at most
 * 3 seconds. Write one line about a failure to stderr. Return an exit status: 0 if it is well, else 1. */
int healthcheck_run(const char *address, bool ready);

#endif
