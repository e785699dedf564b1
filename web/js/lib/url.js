/**
 * The state of the page in the address bar.
 *
 * Everything one can see has an address, `#/view?name=value`, so that back,
 * forward, reload and a copied link lead to the same place. It lives in the
 * fragment, which browsers do not send: what is searched for does not land in
 * the logs of a proxy. Pure functions; unknown names and wrong values are
 * dropped, defaults are not written.
 */

const text = (value) => value;
const flag = (value) => (value === 'true' ? true : undefined);
const oneOf = (...allowed) => (value) => (allowed.includes(value) ? value : undefined);

/** How the words of a query are taken, in whatever view. */
const HOW = { case: oneOf('sensitive', 'smart'), word: flag };

const SEARCH = {
  q: text,
  sort: oneOf('oldest', 'relevance'),
  ...HOW,
  group: oneOf('session'),
  copies: flag,
};

/** View name to the parameters it knows, each with the check of its value. */
const VIEWS = {
  search: SEARCH,
  session: { id: text, at: text, agent: text, find: text, ...HOW },
  sessions: { q: text, sort: oneOf('oldest', 'longest', 'costliest'), ...HOW },
  overview: { q: text, range: oneOf('7d', '30d', '90d', '365d'), ...HOW },
  live: { q: text, ...HOW },
};

/** The state an address stands for; {view: 'search'} for anything unreadable. */
export function parseState(hash) {
  const m = /^#?\/?([a-z]+)(?:\?(.*))?$/s.exec(hash || '');
  if (!m || !Object.hasOwn(VIEWS, m[1])) return { view: 'search' };
  const state = { view: m[1] };
  const params = new URLSearchParams(m[2] || '');
  for (const [name, check] of Object.entries(VIEWS[state.view])) {
    const value = params.get(name);
    if (value === null || value === '') continue;
    const checked = check(value);
    if (checked !== undefined) state[name] = checked;
  }
  return state.view === 'session' && !state.id ? { view: 'sessions' } : state;
}

/** The address of a state, beginning with '#'. */
export function formatState(state) {
  const params = new URLSearchParams();
  for (const name of Object.keys(VIEWS[state.view])) {
    const value = state[name];
    if (value !== undefined && value !== null && value !== '' && value !== false) params.set(name, value);
  }
  const query = params.toString();
  return `#/${state.view}${query ? `?${query}` : ''}`;
}

/** Whether two states show the same thing. */
export const sameState = (a, b) => formatState(a) === formatState(b);

/** How a state takes the words of its query: what another view needs beside the words. */
export const howOf = (state) => ({ case: state.case, word: state.word });

/** The query of a state as a session's own: what is found and marked there. */
export const findOf = (state) => ({ find: state.q || undefined, ...howOf(state) });

/** The parameters of a request for the query of a state. */
export function searchParams(state) {
  return {
    q: state.q || undefined,
    case: state.case,
    word: state.word || undefined,
    dedupe: state.copies ? 'false' : undefined,
    tz: timeZone(),
  };
}

/** The reader's IANA zone, undefined when it is UTC or unknown. */
export function timeZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && zone !== 'UTC' && zone !== 'Etc/Unknown' ? zone : undefined;
}
