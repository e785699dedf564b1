#include "span_text.h"

#include <stdlib.h>
#include <string.h>

char *span_text(struct span s)
{
    char *text = malloc(s.len + 1);
    if (text == NULL)
        return NULL;
    if (s.len > 0)
        memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    return text;
}
