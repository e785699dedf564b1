#include "build_info.h"
#include "config.h"
#include "doctor_command.h"
#include "healthcheck.h"
#include "scan_command.h"
#include "serve_command.h"

#include <stdio.h>

static int print_help(const struct config *config)
{
    struct bytes text = {0};
    config_help(config->help_topic == NULL ? 0 : config_command_named(config->help_topic), &text);
    fwrite(text.ptr, 1, text.len, stdout);
    bytes_clear(&text);
    return 0;
}

static int print_version(void)
{
    printf("scrollback %s (%s)\n", BUILD_INFO_VERSION, BUILD_INFO_COMMIT);
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
