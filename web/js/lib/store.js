/**
 * The little the page remembers between visits, in localStorage.
 *
 * Theme, recent searches, whether single-key shortcuts are on. The token is kept in
 * sessionStorage and ends with the tab. Storage may be forbidden or full: then
 * nothing is remembered and nothing fails.
 */

const PREFIX = 'scrollback.';
const RECENT_MAX = 12;

function read(storage, name) {
  try {
    return storage().getItem(PREFIX + name);
  } catch {
    return null;
  }
}

function write(storage, name, value) {
  try {
    if (value === null) storage().removeItem(PREFIX + name);
    else storage().setItem(PREFIX + name, value);
  } catch { /* not remembered */ }
}

const local = () => localStorage;
const session = () => sessionStorage;

export const theme = {
  get: () => read(local, 'theme') ?? 'system',
  set: (value) => write(local, 'theme', value === 'system' ? null : value),
};

export const shortcuts = {
  get: () => read(local, 'shortcuts') !== 'off',
  set: (on) => write(local, 'shortcuts', on ? null : 'off'),
};

export const token = {
  get: () => read(session, 'token'),
  set: (value) => write(session, 'token', value),
};

export const recent = {
  /** Newest first. */
  list() {
    try {
      const list = JSON.parse(read(local, 'recent') ?? '[]');
      return Array.isArray(list) ? list.filter((q) => typeof q === 'string') : [];
    } catch {
      return [];
    }
  },
  add(q) {
    const text = q.trim();
    if (!text) return;
    const list = [text, ...recent.list().filter((x) => x !== text)].slice(0, RECENT_MAX);
    write(local, 'recent', JSON.stringify(list));
  },
  clear: () => write(local, 'recent', null),
};
