/**
 * The only door from HTML text to the document.
 *
 * Rendered Markdown and highlighted code pass DOMPurify with a short list of tags and
 * attributes: nothing that runs, loads, styles, names (no id) or submits. Classes survive
 * only as the highlighter's own; links leave the page in a new tab and tell nothing.
 */

import DOMPurify from 'dompurify';

export const TAGS = [
  'a', 'b', 'blockquote', 'br', 'code', 'dd', 'del', 'details', 'div', 'dl', 'dt', 'em', 'h1', 'h2', 'h3', 'h4',
  'h5', 'h6', 'hr', 'i', 'ins', 'kbd', 'li', 'ol', 'p', 'pre', 's', 'samp', 'small', 'span', 'strong', 'sub',
  'summary', 'sup', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'tr', 'u', 'ul', 'var',
];

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
