#include "routes_openapi.h"

#include "openapi_files.h"
#include "routes_page.h"

const char *const routes_openapi_yaml_types[] = {"application/yaml", NULL};
const char *const routes_openapi_json_types[] = {"application/json", NULL};

static void send_file(struct request *r, const struct page_asset *file)
{
    if (routes_page_not_modified(r, file->hash))
        return;
    r->answer.status = 200;
    r->answer.type = file->type;
    r->answer.etag = file->hash;
    r->answer.fixed = (struct span){(const char *)file->data, file->size};
    r->answer.fixed_gzip = (struct span){(const char *)file->gzip, file->gzip_size};
}

void routes_openapi_yaml(struct request *r)
{
    send_file(r, &openapi_files[OPENAPI_YAML]);
}

void routes_openapi_json(struct request *r)
{
    send_file(r, &openapi_files[OPENAPI_JSON]);
}
