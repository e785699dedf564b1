/**
 * Ways out of a search without a hit: which of its conditions is the one too many.
 */

import { getJson } from '../lib/api.js';
import { conditions } from '../lib/query.js';
import { searchParams } from '../lib/url.js';

/** Conditions tried at most: each costs a count. */
const MAX = 6;

/** The state with one condition less, as [{label, to}]. */
function fewer(state) {
  const parts = conditions(state.q ?? '');
  const out = parts.length < 2 ? [] : parts.slice(0, MAX).map(({ text, without }) => ({ label: text, to: { ...state, q: without } }));
  if (state.case === 'sensitive') out.push({ label: 'match case', to: { ...state, case: undefined } });
  if (state.word) out.push({ label: 'whole words', to: { ...state, word: undefined } });
  return out;
}

/**
 * @param {object} state of a search that found nothing
 * @param {AbortSignal} signal
 * @returns {Promise<Array<{label: string, to: object, n: number}>>} what to leave out, the state
 *     then and how many messages match it; never rejects
 */
export async function waysOut(state, signal) {
  const count = async (way) => {
    const reply = await getJson('search', { ...searchParams(way.to), limit: 0 }, { signal }).catch(() => null);
    return { ...way, n: reply?.total?.value ?? 0 };
  };
  return (await Promise.all(fewer(state).map(count))).filter((way) => way.n > 0);
}
