/**
 * Building DOM nodes without markup.
 *
 * Everything the page shows is made here from strings that become text nodes
 * or plain attributes; there is no way to pass HTML. Rendered Markdown is the
 * one exception and goes through sanitize.js.
 */

const SVG_NS = 'http://www.w3.org/2000/svg';

/** Attributes that would run or load something: refused, they are our bugs. */
const FORBIDDEN = new Set(['style', 'srcdoc', 'innerHTML', 'outerHTML']);

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) {
    node.addEventListener(name.slice(2), value);
    return;
  }
  if (FORBIDDEN.has(name)) throw new Error(`attribute ${name} is not allowed`);
  if (name === 'value' || name === 'checked') node[name] = value;
  else node.setAttribute(name, value === true ? '' : String(value));
}

/**
 * Append children to a node: nodes as they are, strings and numbers as text,
 * arrays flattened, null, undefined and false left out.
 */
export function append(node, ...children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(node, ...child);
    else node.append(child instanceof Node ? child : String(child));
  }
  return node;
}

function build(node, props, children) {
  for (const [name, value] of Object.entries(props || {})) setProp(node, name, value);
  return append(node, ...children);
}

/** An HTML element. `props` are attributes; `onX` functions are listeners. */
export function h(tag, props, ...children) {
  return build(document.createElement(tag), props, children);
}

/** The same for SVG elements. */
export function svg(tag, props, ...children) {
  return build(document.createElementNS(SVG_NS, tag), props, children);
}

/** Replace everything inside a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, ...children);
}

/** A button that is never a submit button. */
export function button(props, ...children) {
  return h('button', { type: 'button', ...props }, ...children);
}

/** Run `fn` once the browser has nothing better to do (at the latest soon). */
export function whenIdle(fn) {
  if ('requestIdleCallback' in window) requestIdleCallback(fn, { timeout: 400 });
  else setTimeout(fn, 60);
}
