/* systemd.h: What a service says to the service manager and takes from it, by the documented protocols
 * (sd_notify(3), sd_listen_fds(3)); without a manager both do nothing.
 */
#ifndef SCROLLBACK_SYSTEMD_H
#define SCROLLBACK_SYSTEMD_H

#include "vocabulary.h"

/* systemd_socket(out, err): The listening socket that was handed in, for socket activation. Return 1
 * with *${out} open and closed on exec, 0 if there is none, or -1 with ${err} if what was handed in
 * is not one listening stream socket. To be called once, before any thread is started: it clears
 * the environment that said so, as children are not meant. */
int systemd_socket(int *out, struct error *err);

/* systemd_notify(state): Tell the manager ${state}, e.g. "READY=1" or "STATUS=…" or "STOPPING=1". Any
 * thread. Return 1 if it was sent, 0 if nobody listens, -1 if sending failed. */
int systemd_notify(const char *state);

#endif
