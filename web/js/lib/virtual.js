/**
 * A list that keeps only the rows around the visible part in the document.
 *
 * Rows are of any height and are measured once they are shown; whatever is
 * measured, added or removed, the row at the top of the view stays where it is.
 * Rows must not have outer margins (use padding), or their heights do not add up.
 */

import { h } from './dom.js';
import { Heights } from './heights.js';

/** Rows kept beyond each end of the view, in pixels, and elements kept for a return. */
const OVERSCAN = 700;
const KEEP = 500;

export class VirtualList {
  /**
   * @param {object} o
   * @param {HTMLElement} o.scroller element that scrolls; the list is appended to `o.parent`
   * @param {HTMLElement} o.parent   a child of the scroller (or itself) that takes the list
   * @param {(item) => string} o.key stable identity of a row
   * @param {(item) => number} o.estimate height before it is measured
   * @param {(item, index) => HTMLElement} o.render
   * @param {() => number} [o.inset] room kept above a row that is scrolled to, in pixels
   * @param {string} [o.label] accessible name of the feed
   * @param {() => void} [o.onStart] the first row came near the view
   * @param {() => void} [o.onEnd] the last row came near the view
   * @param {(first: number, last: number, top: number) => void} [o.onView] rows shown changed; `top` is the topmost one seen
   */
  constructor(o) {
    this.o = o;
    this.items = [];
    this.index = new Map();
    this.heights = new Heights();
    this.measured = new Map();
    this.elements = new Map();
    this.shown = [];
    this.above = h('div', { class: 'vl-space', 'aria-hidden': 'true' });
    this.feed = h('div', { class: 'vl-feed', role: 'feed', 'aria-label': o.label });
    this.below = h('div', { class: 'vl-space', 'aria-hidden': 'true' });
    o.parent.append(this.above, this.feed, this.below);
    this.onScroll = () => this.schedule();
    o.scroller.addEventListener('scroll', this.onScroll, { passive: true });
    this.sizes = new ResizeObserver(() => this.schedule());
    this.sizes.observe(o.scroller);
    this.rowSizes = new ResizeObserver((entries) => this.resized(entries));
  }

  destroy() {
    this.o.scroller.removeEventListener('scroll', this.onScroll);
    this.sizes.disconnect();
    this.rowSizes.disconnect();
    cancelAnimationFrame(this.frame);
    for (const node of [this.above, this.feed, this.below]) node.remove();
  }

  /** Offset of the list inside the scroller's content. */
  get offset() {
    const { scroller } = this.o;
    return this.above.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  }

  /** Replace the rows; with `keep`, what is at the top of the view stays there. */
  setItems(items, { keep = true } = {}) {
    const anchor = keep ? this.anchor() : null;
    this.items = items;
    this.index = new Map(items.map((item, i) => [this.o.key(item), i]));
    this.heights.reset(items.map((item) => this.measured.get(this.o.key(item)) ?? this.o.estimate(item)));
    this.layoutSpaces(0, -1);
    if (anchor) this.restore(anchor);
    this.update();
  }

  /** Forget the element of a row, so that it is rendered again. */
  invalidate(key) {
    const element = this.elements.get(key);
    if (!element) return;
    this.drop(key, element);
    this.schedule();
  }

  drop(key, element) {
    this.rowSizes.unobserve(element);
    element.remove();
    this.elements.delete(key);
    this.shown = this.shown.filter((k) => k !== key);
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.update();
    });
  }

  /** The first row seen and how far its top is from the top of the view. */
  anchor() {
    if (!this.items.length) return null;
    const y = this.o.scroller.scrollTop - this.offset;
    const i = this.heights.at(Math.max(0, y));
    return { key: this.o.key(this.items[i]), gap: this.heights.before(i) - y };
  }

  restore(anchor) {
    const i = this.index.get(anchor.key);
    if (i === undefined) return;
    const want = this.offset + this.heights.before(i) - anchor.gap;
    if (Math.abs(want - this.o.scroller.scrollTop) >= 1) this.o.scroller.scrollTop = want;
  }

  /** Rows to show for the present scroll position, and one more at each end: Tab leads on from a row of any height. */
  range() {
    const y = this.o.scroller.scrollTop - this.offset;
    const height = this.o.scroller.clientHeight;
    const first = this.heights.at(Math.max(0, y - OVERSCAN));
    const last = this.heights.at(Math.max(0, y + height + OVERSCAN));
    return [Math.max(0, first - 1), Math.min(this.items.length - 1, last + 1), y];
  }

  /** Bring the document in line with the scroll position; does nothing while the list is not shown. */
  update() {
    if (!this.o.scroller.isConnected || !this.o.scroller.clientHeight) return;
    this.feed.hidden = !this.items.length;
    if (!this.items.length) {
      this.feed.replaceChildren();
      this.shown = [];
      this.layoutSpaces(0, -1);
      return;
    }
    for (let round = 0; round < 3; round += 1) {
      const [first, last] = this.range();
      this.place(first, last);
      if (!this.measure(first, last)) break;
    }
    this.report();
  }

  place(first, last) {
    const want = [];
    for (let i = first; i <= last; i += 1) want.push(this.o.key(this.items[i]));
    const wanted = new Set(want);
    for (const key of this.shown) {
      if (!wanted.has(key)) this.elements.get(key)?.remove();
    }
    let before = this.feed.firstChild;
    want.forEach((key, k) => {
      const element = this.element(key, first + k);
      if (element === before) before = before.nextSibling;
      else this.feed.insertBefore(element, before);
    });
    this.shown = want;
    this.layoutSpaces(first, last);
    if (this.elements.size > KEEP) this.evict(wanted);
  }

  element(key, i) {
    let element = this.elements.get(key);
    if (!element) {
      element = this.o.render(this.items[i], i);
      element.dataset.key = key;
      this.elements.set(key, element);
      this.rowSizes.observe(element);
    }
    element.setAttribute('aria-posinset', i + 1);
    element.setAttribute('aria-setsize', this.o.setSize?.() ?? this.items.length);
    return element;
  }

  evict(wanted) {
    for (const [key, element] of this.elements) {
      if (this.elements.size <= KEEP * 0.8) return;
      if (!wanted.has(key)) this.drop(key, element);
    }
  }

  layoutSpaces(first, last) {
    this.above.style.height = `${this.heights.before(first)}px`;
    this.below.style.height = `${Math.max(0, this.heights.total - this.heights.before(last + 1))}px`;
  }

  /** Take the true heights of the rows shown; true when something moved. */
  measure(first, last) {
    const anchor = this.anchor();
    let changed = 0;
    for (let i = first; i <= last; i += 1) {
      const key = this.o.key(this.items[i]);
      const height = this.elements.get(key).getBoundingClientRect().height;
      this.measured.set(key, height);
      changed += Math.abs(this.heights.set(i, height));
    }
    if (changed < 0.5) return false;
    this.layoutSpaces(first, last);
    if (anchor) this.restore(anchor);
    return true;
  }

  resized(entries) {
    if (!this.o.scroller.isConnected) return;
    const moved = entries.some(({ target }) => {
      const i = this.index.get(target.dataset.key);
      return i !== undefined && target.isConnected
        && Math.abs(target.getBoundingClientRect().height - this.heights.get(i)) >= 0.5;
    });
    if (moved) this.schedule();
  }

  report() {
    const [first, last, y] = this.range();
    const { scroller, onStart, onEnd, onView } = this.o;
    onView?.(first, last, this.topIndex());
    if (y < scroller.clientHeight * 1.5) onStart?.();
    if (y + scroller.clientHeight * 2.5 > this.heights.total) onEnd?.();
  }

  /** Index of the topmost row in view. */
  topIndex() {
    return this.heights.at(Math.max(0, this.o.scroller.scrollTop - this.offset + 8));
  }

  /** The element of a row when it is in the document, else undefined. */
  elementOf(key) {
    const element = this.elements.get(key);
    return element?.isConnected ? element : undefined;
  }

  has(key) {
    return this.index.has(key);
  }

  /** Scroll until the row is in view: 'start', 'center' or 'nearest'. Return its element. */
  scrollTo(key, align = 'nearest') {
    const i = this.index.get(key);
    if (i === undefined) return undefined;
    const { scroller } = this.o;
    for (let round = 0; round < 5; round += 1) {
      const top = this.offset + this.heights.before(i);
      const room = scroller.clientHeight - this.heights.get(i);
      const inset = this.o.inset?.() ?? 0;
      let want = scroller.scrollTop;
      if (align === 'center') want = top - Math.max(inset, room / 3);
      else if (align === 'start' || top - inset < want) want = top - inset;
      else if (top - room > want) want = Math.min(top - room, top - inset);
      if (round > 0 && Math.abs(want - scroller.scrollTop) < 2) break;
      const was = scroller.scrollTop;
      scroller.scrollTop = want;
      this.update();
      if (round > 0 && scroller.scrollTop === was) break;
    }
    return this.elementOf(key);
  }
}
