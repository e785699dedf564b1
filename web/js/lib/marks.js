/**
 * Marking of what one searches for in the rows that are shown.
 *
 * With the browser's custom highlights: the document is not changed, so rows that come and go
 * cost nothing. A browser without them shows no marks; finding works all the same.
 */

const SUPPORTED = typeof Highlight !== 'undefined' && Boolean(globalThis.CSS?.highlights);
const MAX_RANGES = 2000;

/** Ranges of all matches inside a node, in order. */
export function rangesIn(root, regex, max = MAX_RANGES) {
  const ranges = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < max; node = walker.nextNode()) {
    regex.lastIndex = 0;
    for (let m = regex.exec(node.data); m && ranges.length < max; m = regex.exec(node.data)) {
      if (m[0] === '') {
        regex.lastIndex += 1;
        continue;
      }
      const range = document.createRange();
      range.setStart(node, m.index);
      range.setEnd(node, m.index + m[0].length);
      ranges.push(range);
    }
  }
  return ranges;
}

/** Mark all matches inside `root`, those inside `now` in the stronger colour; null clears. */
export function mark(root, regex, now) {
  if (!SUPPORTED) return;
  CSS.highlights.clear();
  if (!regex || !root) return;
  const ranges = rangesIn(root, regex);
  const strong = now ? ranges.filter((r) => now.contains(r.startContainer)) : [];
  const weak = now ? ranges.filter((r) => !now.contains(r.startContainer)) : ranges;
  CSS.highlights.set('find', new Highlight(...weak));
  CSS.highlights.set('find-now', new Highlight(...strong));
}
