/* forbidden.h: functions that our code may not use, included before every source of ours.
 *
 * Each of these either writes without knowing the size of its destination, or cannot report an
 * error, or keeps hidden state between calls. The poison would also refuse their declarations, so
 * the headers that declare them come first; some are macros there, which would be poisoned with a warning.
 */
#ifndef FORBIDDEN_H
#define FORBIDDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#undef strcpy
#undef strcat
#undef stpcpy
#undef sprintf
#undef vsprintf
#undef strtok

#pragma GCC poison strcpy strcat stpcpy sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison tmpnam tempnam mktemp

#endif
