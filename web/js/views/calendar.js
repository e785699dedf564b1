/**
 * Activity by day as a calendar of squares; each square leads to that day's messages.
 *
 * One stop for the Tab key; the arrow keys walk by day and week.
 */

import { h } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { dayAfter, level, weeks } from '../lib/usage.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const STEPS = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 };
const MAX_WEEKS = 53;

function square(day, value, max, href) {
  return h('a', {
    class: `day-square l${level(value, max)}`, tabindex: '-1', 'data-day': day,
    href: href(day, dayAfter(day)),
    title: `${day}: ${plural(value, 'message')}`, 'aria-label': `${day}: ${plural(value, 'message')}`,
  });
}

function onKeys(box) {
  box.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    const squares = [...box.querySelectorAll('.day-square')];
    const at = squares.indexOf(document.activeElement);
    const next = squares[at + step];
    if (at < 0 || !next) return;
    event.preventDefault();
    squares[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

/**
 * @param {Map<string, number>} counts day ("2026-01-31") to messages
 * @param {(since: string, until: string) => string} href the address of the search behind a day
 */
export function calendar(counts, href) {
  const days = [...counts.keys()].sort();
  const max = Math.max(...counts.values(), 1);
  const all = weeks(days[0], days[days.length - 1]).slice(-MAX_WEEKS);
  let month = '';
  const box = h('div', { class: 'calendar', role: 'group', 'aria-label': 'Messages by day; arrow keys move' }, all.map((week) => {
    const first = week.find(Boolean) ?? '';
    const name = first.slice(0, 7) === month ? '' : MONTHS[Number(first.slice(5, 7)) - 1] ?? '';
    month = first.slice(0, 7);
    return h('div', { class: 'week' }, h('span', { class: 'month', 'aria-hidden': 'true' }, name),
      week.map((day) => (day ? square(day, counts.get(day) ?? 0, max, href) : h('span', { class: 'day-none' }))));
  }));
  const last = [...box.querySelectorAll('.day-square')].pop();
  if (last) last.tabIndex = 0;
  onKeys(box);
  return box;
}
