/**
 * Talking to the service.
 *
 * All requests go to the page's own origin, relative to where the page lies. Errors
 * become `Problem`s. When the service wants a token it is asked for once (`onToken`)
 * and the request repeated.
 */

import { token } from './store.js';

/** An answer that is not what was asked for; `status` 0 means no answer at all. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || `HTTP ${status}`);
    this.status = status;
    this.code = body?.code ?? '';
    this.errors = Array.isArray(body?.errors) ? body.errors : [];
    this.retryAfter = NaN;
  }
}

let askToken = async () => null;

/** Whether the service knows the reader's time zone; where not, days are those of UTC. */
let zoneKnown = true;

/** Set what is done when the service answers 401: an async function that gives a token or null. */
export function onToken(fn) {
  askToken = fn;
}

/** The address of a resource: `path` relative to the page, undefined parameters left out. */
export function address(path, params = {}) {
  const url = new URL(path, document.baseURI);
  url.hash = '';
  url.search = '';
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, one);
  }
  return url.href;
}

async function problemOf(response) {
  const body = await response.json().catch(() => null);
  const problem = new Problem(response.status, body);
  problem.retryAfter = Number(response.headers.get('retry-after') ?? NaN);
  return problem;
}

/** Whether a refusal is about the time zone alone: then the request can do without. */
function withoutZone(problem, params) {
  if (!zoneKnown || !params?.tz || !problem.errors.some((e) => e.parameter === 'tz')) return false;
  zoneKnown = false;
  return true;
}

/**
 * One request; answers 401 by asking for a token. Rejects with Problem, or AbortError when aborted.
 */
export async function request(path, params, { signal, accept = 'application/json', headers = {} } = {}) {
  for (;;) {
    const used = token.get();
    const all = { accept, ...headers };
    if (used) all.authorization = `Bearer ${used}`;
    let response;
    try {
      response = await fetch(address(path, zoneKnown ? params : { ...params, tz: undefined }), { signal, headers: all, cache: 'no-store' });
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new Problem(0, { detail: 'The service does not answer.' });
    }
    if (response.status === 401) {
      const problem = await problemOf(response);
      if (token.get() === used && !(await askToken(problem))) throw problem;
      continue;
    }
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (!withoutZone(problem, params)) throw problem;
  }
}

/** How far the service has read the transcripts for the first time, 0 to 1; null when it does not tell. Never rejects. */
export async function readiness(signal) {
  try {
    const { progress } = await (await fetch(address('readyz'), { signal, cache: 'no-store' })).json();
    return Number.isFinite(progress) ? progress : null;
  } catch {
    return null;
  }
}

/** Whether the service is there at all. Never rejects. */
export async function alive() {
  return Boolean((await fetch(address('livez'), { cache: 'no-store' }).catch(() => null))?.ok);
}

/** A JSON answer. */
export async function getJson(path, params, options) {
  const response = await request(path, params, options);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, { detail: 'The answer broke off.' });
  }
}

/** Fields of one server-sent event block. */
function parseEvent(block) {
  const event = { id: '', data: [] };
  for (const line of block.split('\n')) {
    const m = /^(id|data): ?(.*)$/s.exec(line.replace(/\r$/, ''));
    if (m?.[1] === 'id') event.id = m[2];
    else if (m) event.data.push(m[2]);
  }
  return { id: event.id, data: event.data.join('\n') };
}

/**
 * Server-sent events by fetch (EventSource cannot carry a token): yields {id, data} with
 * data parsed from JSON (null for an event that only moves the place), until the stream ends or `signal` aborts.
 * `onOpen` is called once the service listens.
 */
async function* streamOnce(params, lastId, signal, onOpen) {
  const headers = lastId ? { 'last-event-id': lastId } : {};
  const response = await request('tail', params, { signal, accept: 'text/event-stream', headers });
  onOpen();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += value.replace(/\r\n/g, '\n');
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const { id, data } = parseEvent(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (data || id) yield { id, data: data ? JSON.parse(data) : null };
    }
  }
}

const pause = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  }, { once: true });
});

/**
 * Follow new messages for ever: `onMessage(hit)` for each, `onState('live'|'waiting'|Problem)`.
 * Reconnects from the last id seen; ends when `signal` aborts or the service refuses (4xx).
 */
export async function follow(params, { signal, onMessage, onState = () => {} }) {
  let lastId = '';
  let delay = 500;
  while (!signal.aborted) {
    try {
      for await (const { id, data } of streamOnce(params, lastId, signal, () => onState('live'))) {
        delay = 500;
        if (id) lastId = id;
        if (data?.type === 'message') onMessage(data);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429) {
        onState(error);
        return;
      }
    }
    if (signal.aborted) return;
    onState('waiting');
    await pause(delay, signal);
    delay = Math.min(delay * 2, 15e3);
  }
}
