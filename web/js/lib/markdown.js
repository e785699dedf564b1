/**
 * Markdown as agents write it, to a document fragment.
 *
 * HTML elements that carry structure (details, kbd, sub ...) are let through as on other pages
 * of code; any other tag is shown as the text it is, for transcripts are full of tags that are
 * the subject, not the form. Images become links: nothing is loaded. The result always passes
 * sanitize().
 */

import MarkdownIt from 'markdown-it';
import { highlightHtml } from './highlight.js';
import { plainTags, sanitize } from './sanitize.js';
import { visible } from './text.js';

const md = new MarkdownIt({
  html: true, linkify: true, breaks: false,
  highlight: (code, language) => highlightHtml(code, language.toLowerCase()) ?? '',
});

const escape = md.utils.escapeHtml;

md.renderer.rules.html_inline = (tokens, i) => plainTags(tokens[i].content);

md.renderer.rules.html_block = (tokens, i) => {
  const html = plainTags(tokens[i].content.trimEnd());
  // A block around an unknown tag is text, and keeps its lines.
  return `<div>${html.startsWith('&lt;') ? html.replaceAll('\n', '<br>') : html}</div>\n`;
};

md.renderer.rules.image = (tokens, i, options, env, self) => {
  const token = tokens[i];
  const alt = self.renderInlineAsText(token.children ?? [], options, env);
  return `<a href="${escape(token.attrGet('src') ?? '')}">image${alt ? `: ${escape(alt)}` : ''}</a>`;
};

/** Keep the page's own outline: a heading in a message is never above level 3. */
for (const rule of ['heading_open', 'heading_close']) {
  md.renderer.rules[rule] = (tokens, i, options, env, self) => {
    const level = Math.min(6, Number(tokens[i].tag.slice(1)) + 2);
    tokens[i].tag = `h${level}`;
    return self.renderToken(tokens, i, options);
  };
}

/** Render Markdown text; `breaks` keeps single line ends, as people mean them in prompts. */
export function renderMarkdown(text, { breaks = false } = {}) {
  md.set({ breaks });
  return sanitize(md.render(visible(text)));
}
