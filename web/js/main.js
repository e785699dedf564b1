/**
 * The page: wires the frame, the search box and the views to the address bar.
 *
 * The search view is part of the first load; the others are fetched when first shown, and
 * ahead of time once the page is idle.
 */

import { onToken } from './lib/api.js';
import { whenIdle } from './lib/dom.js';
import { useKeys } from './lib/keys.js';
import { go, here, onChange, replace } from './lib/nav.js';
import { recent } from './lib/store.js';
import { note } from './lib/ui.js';
import { howOf } from './lib/url.js';
import { SearchBox } from './views/box.js';
import { showHelp } from './views/help.js';
import { SearchView } from './views/search.js';
import { Shell } from './views/shell.js';
import { askForToken } from './views/token.js';

const LAZY = {
  session: async () => new (await import('./views/session.js')).SessionView(),
  sessions: async () => new (await import('./views/sessions.js')).SessionsView(box),
  overview: async () => new (await import('./views/overview.js')).OverviewView(box),
  live: async () => new (await import('./views/live.js')).LiveView(box),
};

/** Answers quicker than this are asked for at each keystroke, in milliseconds. */
const QUICK = 80;
/** Longest wait between a keystroke and its request, when answers are slow, in milliseconds. */
const MAX_WAIT = 250;

const main = document.getElementById('main');
const views = {};
let shown = null;
let showing = 0;
let typingTimer = 0;
let draft = false;
/** Whether the address is being changed by what is typed: then the box is ahead of it. */
let typing = false;

const box = new SearchBox({
  onInput: (q) => {
    clearTimeout(typingTimer);
    const took = views.search.took ?? 0;
    typingTimer = setTimeout(() => typed(q), took < QUICK ? 0 : Math.min(MAX_WAIT, took * 0.5));
  },
  onCommit: (q) => {
    clearTimeout(typingTimer);
    typed(q);
    draft = false;
    recent.add(q);
    if (here().view === 'search') views.search.enter();
  },
  onDown: () => here().view === 'search' && views.search.enter(),
  onLeave: () => (shown?.place ?? main).focus({ preventScroll: true }),
  onToggle: (name) => {
    const state = here();
    if (name === 'case') go({ ...state, case: state.case === 'sensitive' ? undefined : 'sensitive' });
    else go({ ...state, word: state.word ? undefined : true });
  },
});
views.search = new SearchView(box);
const shell = new Shell(document.getElementById('top'), box);

/** The query was typed: the first letters make a step in the history, the rest refine it. */
function typed(q) {
  const at = here();
  const state = at.view === 'session' ? { view: 'search', q: q || undefined, ...howOf(at) } : { ...at, q: q || undefined };
  typing = true;
  if (draft && at.view !== 'session') replace(state);
  else go(state);
  typing = false;
  draft = true;
}

box.input.addEventListener('blur', () => {
  if (draft) recent.add(box.input.value);
  draft = false;
});

async function viewOf(name) {
  views[name] ??= await LAZY[name]();
  return views[name];
}

async function show(state, before) {
  const turn = ++showing;
  if (!typing) draft = false;
  const q = state.view === 'session' ? box.input.value : state.q;
  shell.mark(state, q || undefined);
  if (state.view !== 'session' && !typing) {
    box.set({ q: state.q, matchCase: state.case, word: state.word });
  } else box.set({ q: box.input.value, matchCase: state.case, word: state.word });
  if (state.view !== before.view || state.view === 'session') box.setError(null);
  let view;
  try {
    view = await viewOf(state.view);
  } catch {
    main.replaceChildren(note('This part of the page did not load', 'Reload the page to try again.'));
    return;
  }
  if (turn !== showing) return;
  document.title = view.title(state);
  if (view === shown) {
    view.change(state, before);
    return;
  }
  shown?.hide();
  shown = view;
  main.replaceChildren(view.element);
  main.dataset.view = state.view;
  view.show(state, before);
}

/** Another view of what the box asks. */
const goTo = (view) => go({ view, q: box.input.value || undefined, ...howOf(here()) });

onChange(show);
onToken(askForToken);

useKeys({
  '/': () => box.focus(),
  '?': showHelp,
  'g s': () => goTo('search'),
  'g t': () => goTo('sessions'),
  'g o': () => goTo('overview'),
  'g l': () => goTo('live'),
});

// Links inside the page change the address; skip links and the like do not.
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (!link) return;
  if (link.classList.contains('skip')) {
    event.preventDefault();
    main.focus();
  }
});

show(here(), here()).then(() => {
  if (here().view === 'search' && !here().q && matchMedia('(pointer: fine)').matches) box.input.focus();
  whenIdle(() => {
    viewOf('session').catch(() => {});
  });
});
