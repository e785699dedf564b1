/* child.h: What is tried in a process of its own, because it uses up what the test program needs. */
#ifndef SCROLLBACK_CHILD_H
#define SCROLLBACK_CHILD_H

/* child_run(run, arg): Call ${run} in a child, which ends with what it returns (0 to 255).  Return that,
 * or -1 if the child died of a signal. */
int child_run(int (*run)(void *arg), void *arg);

#endif
