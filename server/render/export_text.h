/* export_text.h: Messages as Markdown and as HTML, without anything active in them. */
#ifndef SCROLLBACK_EXPORT_TEXT_H
#define SCROLLBACK_EXPORT_TEXT_H

#include "bytes.h"
#include "engine.h"

/* export_text_markdown(message, out), export_text_html(message, out): One message with its blocks. */
void export_text_markdown(const struct reply_message *message, struct bytes *out);
void export_text_html(const struct reply_message *message, struct bytes *out);

/* export_text_html_begin(title, out), export_text_html_end(out): The page around them. */
void export_text_html_begin(struct span title, struct bytes *out);
void export_text_html_end(struct bytes *out);

/* export_text_prose(text, out): Markdown that shows ${text}: as it is where that is harmless, else
 * between fences. */
void export_text_prose(struct span text, struct bytes *out);

/* export_text_escape(text, out): ${text} for HTML, in elements and in double quotes. */
void export_text_escape(struct span text, struct bytes *out);

#endif
