#include "build_info.h"
#include "config.h"
#include "config_complete.h"
#include "config_help.h"
#include "config_manual.h"
#include "doctor_command.h"
#include "engine.h"
#include "healthcheck.h"
#include "page_assets.h"
#include "scan_command.h"
#include "serve_command.h"

#include <jansson.h>
#include <microhttpd.h>
#include <stdio.h>

/* Print and free ${text}. */
static int print(struct bytes *text)
{
    bool good = !text->failed && fwrite(text->ptr, 1, text->len, stdout) == text->len;
    bytes_clear(text);
    return good && fflush(stdout) == 0 ? 0 : 2;
}

static int print_help(const struct config *config)
{
    struct bytes text = {0};
    config_help(config->help_topic == NULL ? 0 : config_command_named(config->help_topic), &text);
    return print(&text);
}

static int print_manual(void)
{
    struct bytes text = {0};
    config_manual(BUILD_INFO_VERSION, &text);
    return print(&text);
}

static int print_completion(const struct config *config)
{
    struct bytes text = {0};
    if (config->shell == NULL || config_complete(config->shell, &text) != 0) {
        fprintf(stderr, "scrollback: completion: name a shell: bash, zsh or fish\n");
        return 2;
    }
    return print(&text);
}

static int print_version(void)
{
    char features[200];
    engine_features(features, sizeof features);
    printf("scrollback %s (commit %s)\n", BUILD_INFO_VERSION, BUILD_INFO_COMMIT);
    printf("features: %s\n", features);
    printf("page: %s\n", page_asset_count > 0 ? "built in" : "left out; the API alone");
    printf("built with: libmicrohttpd %s, jansson %s, compiler %s\n", MHD_get_version(),
           jansson_version_str(), __VERSION__);
    if (BUILD_INFO_SANITIZE[0] != '\0')
        printf("sanitizers: %s\n", BUILD_INFO_SANITIZE);
    return 0;
}

static int run(struct config *config)
{
    switch (config->command) {
    case COMMAND_SERVE:
        return serve_command_run(config);
    case COMMAND_SCAN:
        return scan_command_run(config);
    case COMMAND_HEALTHCHECK:
        return healthcheck_run(config->listen, config->ready);
    case COMMAND_DOCTOR:
        return doctor_command_run(config);
    case COMMAND_COMPLETION:
        return print_completion(config);
    case COMMAND_MANUAL:
        return print_manual();
    case COMMAND_VERSION:
        return print_version();
    case COMMAND_HELP:
        break;
    }
    return print_help(config);
}

int main(int argc, char **argv)
{
    static struct config config;
    struct config_error err = {0};

    if (config_read(argc, argv, &config, &err) != 0) {
        fprintf(stderr, "scrollback: %s\n", err.msg);
        config_clear(&config);
        return 2;
    }
    int status = run(&config);
    config_clear(&config);
    return status;
}
