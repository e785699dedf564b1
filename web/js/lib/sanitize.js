/**
 * The only door from HTML text to the document, with two leaves.
 *
 * plainTags() rewrites raw HTML inside Markdown tag by tag: known tags with harmless attributes
 * stay, anything else becomes visible text. It comes first because a browser reports inline
 * handlers and styles to the content security policy as soon as it parses them, even in a
 * document that is never shown; and the console is to stay clean.
 *
 * sanitize() is the guard: rendered Markdown and highlighted code pass DOMPurify with a short list of tags and
 * attributes: nothing that runs, loads, styles, names (no id) or submits. Classes survive
 * only as the highlighter's own; links leave the page in a new tab and tell nothing.
 */

import DOMPurify from 'dompurify';

export const TAGS = [
  'a', 'b', 'blockquote', 'br', 'code', 'dd', 'del', 'details', 'div', 'dl', 'dt', 'em', 'h1', 'h2', 'h3', 'h4',
  'h5', 'h6', 'hr', 'i', 'ins', 'kbd', 'li', 'ol', 'p', 'pre', 's', 'samp', 'small', 'span', 'strong', 'sub',
  'summary', 'sup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'u', 'ul', 'var',
];

const KNOWN = new Set(TAGS);

/** Attributes of raw HTML that are kept, each with the values it may have. */
const ATTRIBUTES = {
  align: /^(?:left|right|center)$/i, colspan: /^\d{1,3}$/, href: /^(?:https?:|mailto:)/i, open: /^$/, rowspan: /^\d{1,3}$/,
  start: /^\d{1,6}$/, title: /^/,
};

const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

function keptAttributes(text) {
  let out = '';
  for (const [, name, a, b, c] of text.matchAll(/([a-z]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?(?=\s|\/|$)/gi)) {
    const rule = Object.hasOwn(ATTRIBUTES, name.toLowerCase()) ? ATTRIBUTES[name.toLowerCase()] : null;
    const value = a ?? b ?? c ?? '';
    if (rule?.test(value)) out += ` ${name.toLowerCase()}="${value.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
  }
  return out;
}

/** Raw HTML with only known tags and harmless attributes as markup, the rest as text. */
export function plainTags(html) {
  let out = '';
  let end = 0;
  for (const m of html.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s(?:"[^"]*"|'[^']*'|[^"'<>])*)?)(\/?)>/gi)) {
    const [all, slash, name, attributes] = m;
    out += html.slice(end, m.index).replaceAll('<', '&lt;');
    if (!KNOWN.has(name.toLowerCase())) out += escape(all);
    else out += slash ? `</${name}>` : `<${name}${keptAttributes(attributes)}>`;
    end = m.index + all.length;
  }
  return out + html.slice(end).replaceAll('<', '&lt;');
}

const CONFIG = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ['align', 'class', 'colspan', 'href', 'open', 'rowspan', 'start', 'title'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  RETURN_DOM_FRAGMENT: true,
};

const purify = DOMPurify(window);

purify.addHook('uponSanitizeAttribute', (node, data) => {
  if (data.attrName !== 'class') return;
  data.attrValue = data.attrValue.split(/\s+/).filter((c) => /^(?:hljs|language-)[\w-]*$/.test(c)).join(' ');
  data.keepAttr = data.attrValue !== '';
});

purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.nodeName !== 'A') return;
  node.setAttribute('rel', 'noopener noreferrer');
  node.setAttribute('target', '_blank');
});

/** HTML text as a harmless document fragment. */
export function sanitize(html) {
  return purify.sanitize(html, CONFIG);
}
