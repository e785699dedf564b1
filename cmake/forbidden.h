/* forbidden.h: functions that our code may not use, included before every source of ours.
 *
 * Each of these either writes without knowing the size of its destination, or cannot report an
 * error, or keeps hidden state between calls. The poison would also refuse their declarations, so
 * the headers that declare them come first.
 */
#ifndef FORBIDDEN_H
#define FORBIDDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#pragma GCC poison strcpy strcat stpcpy sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison tmpnam tempnam mktemp

#endif
