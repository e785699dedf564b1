/* temp_tree.h: A folder of its own for a test, below the system's temporary folder.
 *
 * Any failure to write there ends the test program: it says nothing about our code. */
#ifndef SCROLLBACK_TEMP_TREE_H
#define SCROLLBACK_TEMP_TREE_H

#include "vocabulary.h"

struct temp_tree {
    char path[256]; /* without a slash at its end */
};

/* temp_tree_make(t), temp_tree_remove(t): Create the empty folder; remove it and all below. */
void temp_tree_make(struct temp_tree *t);
void temp_tree_remove(struct temp_tree *t);

/* temp_tree_path(t, name): The path of ${name}, borrowed until the fourth next call. */
const char *temp_tree_path(const struct temp_tree *t, const char *name);

/* temp_tree_folder(t, name), temp_tree_write(t, name, s), temp_tree_link(t, name, target): Make a
 * folder, a file that holds ${s} (folders on the way are made), a symbolic link. */
void temp_tree_folder(const struct temp_tree *t, const char *name);
void temp_tree_write(const struct temp_tree *t, const char *name, struct span s);
void temp_tree_link(const struct temp_tree *t, const char *name, const char *target);

#endif
