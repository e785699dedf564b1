/* openapi_files.h: The published contract, openapi.yaml, embedded in the binary by the build: as it
 * stands, and the same as JSON.  Constant. */
#ifndef SCROLLBACK_OPENAPI_FILES_H
#define SCROLLBACK_OPENAPI_FILES_H

#include "page_assets.h"

enum openapi_file { OPENAPI_YAML, OPENAPI_JSON, OPENAPI_FILES };

extern const struct page_asset openapi_files[OPENAPI_FILES];

#endif
