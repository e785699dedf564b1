#include "letter_case.h"

#include <string.h>
#include <utf8proc.h>

/* Whether the character at ${at} is an upper-case letter; ${size} becomes its length. */
static bool upper_at(struct span s, size_t at, size_t *size)
{
    unsigned char c = (unsigned char)s.ptr[at];
    *size = 1;
    if (c < 0x80)
        return c >= 'A' && c <= 'Z';
    utf8proc_int32_t cp;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)s.ptr + at, (utf8proc_ssize_t)(s.len - at), &cp);
    if (n <= 0)
        return false;
    *size = (size_t)n;
    utf8proc_category_t category = utf8proc_category(cp);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
}

bool letter_case_has_upper(struct span s)
{
    for (size_t i = 0, n; i < s.len; i += n)
        if (upper_at(s, i, &n))
            return true;
    return false;
}

/* Bytes of the escape that the backslash at ${at} begins, its argument included. */
static size_t escape_size(struct span s, size_t at)
{
    size_t i = at + 1, n;
    if (i >= s.len)
        return 1;
    char letter = s.ptr[i];
    (void)upper_at(s, i, &n);
    i += n;
    if (i < s.len && s.ptr[i] == '{' && memchr("pPxNogk", letter, 7) != NULL) {
        const char *close = memchr(s.ptr + i, '}', s.len - i);
        return close == NULL ? i - at : (size_t)(close - s.ptr) + 1 - at;
    }
    if (letter == 'p' || letter == 'P' || letter == 'c')
        return i < s.len ? i + 1 - at : i - at;
    if (letter == 'x')
        for (int k = 0; k < 2 && i < s.len && strchr("0123456789abcdefABCDEF", s.ptr[i]); k++)
            i++;
    return i - at;
}

bool letter_case_has_upper_in_regex(struct span s)
{
    for (size_t i = 0, n; i < s.len; i += n) {
        if (s.ptr[i] == '\\')
            n = escape_size(s, i);
        else if (upper_at(s, i, &n))
            return true;
    }
    return false;
}
