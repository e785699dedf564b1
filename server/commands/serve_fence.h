/* serve_fence.h: Putting the service into its sandbox (sandbox.h), as its configuration allows.
 *
 * What the kernel does not offer, or what fails, is said in the log; the service runs all the same.
 */
#ifndef SCROLLBACK_SERVE_FENCE_H
#define SCROLLBACK_SERVE_FENCE_H

#include "config.h"

/* serve_fence_files(config): Make the folders that are written to, then keep to them and to the roots.
 * Before the first thread. */
void serve_fence_files(const struct config *config);

/* serve_fence_calls(config): Refuse the system calls a service never makes. When it listens. */
void serve_fence_calls(const struct config *config);

#endif
