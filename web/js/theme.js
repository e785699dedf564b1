/**
 * Applies the chosen theme before anything is painted.
 *
 * Loaded as a small blocking script of its own, so that a dark page never flashes light.
 * Without a choice the system decides (CSS `color-scheme`).
 */
try {
  const chosen = localStorage.getItem('scrollback.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's theme it is.
}
