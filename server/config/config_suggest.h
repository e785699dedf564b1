/* config_suggest.h: What somebody may have meant who wrote something that does not exist.
 */
#ifndef SCROLLBACK_CONFIG_SUGGEST_H
#define SCROLLBACK_CONFIG_SUGGEST_H

#include "vocabulary.h"

/* config_suggest_option(commands, name): The option of one of ${commands} whose name is nearest to
 * ${name} or begins with it, or NULL if none is near. config_suggest_command(name): likewise a command. */
const char *config_suggest_option(unsigned commands, struct span name);
const char *config_suggest_command(struct span name);

#endif
