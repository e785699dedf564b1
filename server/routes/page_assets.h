/* page_assets.h: The files of the browser page, embedded in the binary at build time.
 *
 * All of it is constant: any thread may read it.  A build without the page has no assets, and
 * page_asset_count is 0.
 */
#ifndef SCROLLBACK_PAGE_ASSETS_H
#define SCROLLBACK_PAGE_ASSETS_H

#include <stddef.h>

struct page_asset {
    const char *path; /* as in a URL: "/index.html", "/assets/app-5WJ3K.js" */
    const char *type; /* for Content-Type */
    const char *hash; /* of the content, in hexadecimal: an ETag without its quotes */
    const unsigned char *data;
    size_t size;
    const unsigned char *gzip; /* the same compressed, or NULL */
    size_t gzip_size;
};

extern const struct page_asset page_assets[];
extern const size_t page_asset_count;

/* page_assets_find(path): The asset at ${path}, "/" being "/index.html"; NULL if there is none. */
const struct page_asset *page_assets_find(const char *path);

#endif
