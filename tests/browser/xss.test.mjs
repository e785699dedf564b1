/**
 * Hostile transcripts: every field of every record holds every payload, and nothing runs, loads
 * or leaves. With the policy of the server switched off too, so that the sanitiser alone holds;
 * and a page built without the sanitiser fails the same check, so the check can fail.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PAYLOADS, SESSIONS } from './fixture.mjs';
import { serve, tempDir, TOP } from './server.mjs';
import { open, root, url } from './support.mjs';

const TAGS = new Set(['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'LINK', 'META', 'BASE', 'STYLE', 'MATH', 'VIDEO', 'AUDIO', 'TEMPLATE']);

const INIT = () => {
  window.__ran = [];
  window.__xss = (n) => window.__ran.push(n);
};

/** Elements and attributes inside main that no transcript may make. */
function planted(tags) {
  const found = [];
  for (const node of document.querySelectorAll('main *, title')) {
    if (tags.includes(node.tagName)) found.push(node.outerHTML.slice(0, 120));
    for (const { name, value } of node.attributes) {
      const link = name === 'href' && !/^(#|https?:|mailto:)/i.test(value) && !value.startsWith(location.origin);
      if (name.startsWith('on') || name === 'srcdoc' || name === 'background' || link) found.push(`${node.tagName} ${name}=${value.slice(0, 80)}`);
      if (name === 'style' && node.closest('.prose')) found.push(`${node.tagName} style`);
      if (name === 'id' && node.closest('.thread')) found.push(`${node.tagName} id=${value}`);
    }
    if (node.tagName === 'IMG') found.push(node.outerHTML.slice(0, 120));
  }
  return found;
}

/** Go through a view from top to bottom with everything unfolded, collecting what was planted. */
async function walk(page, scroller) {
  const found = new Set();
  let last = -1;
  for (let n = 0; n < 400; n += 1) {
    await page.evaluate(() => {
      for (const d of document.querySelectorAll('main details:not([open], .menu)')) d.open = true;
      for (const b of document.querySelectorAll('main .agent-toggle[aria-expanded=false], main .images .chip:not(:disabled)')) b.click();
      for (const b of document.querySelectorAll('main b, main span, main div')) b.dispatchEvent(new MouseEvent('mouseover', { bubbles: false }));
    });
    await page.waitForTimeout(25);
    for (const f of await page.evaluate(planted, [...TAGS])) found.add(f);
    const top = await page.evaluate((s) => {
      const node = document.querySelector(s);
      node.scrollTop += 1600;
      return node.scrollTop;
    }, scroller);
    if (top === last) break;
    last = top;
  }
  return [...found];
}

const VIEWS = [
  [`#/session?id=${SESSIONS.hostile}&find=hostile`, '.thread-scroll', '.card'],
  [`#/session?id=${SESSIONS.hostile}&agent=abad1dea`, '.thread-scroll', '.row'],
  ['#/search?q=hostile', '.results', '.hit'],
  ['#/search?q=hostile&group=session', '.results', '.hit'],
  ['#/sessions?q=hostile', '.results', '.session-row'],
  ['#/overview?q=hostile', '.results', '.figures'],
];

for (const bypassCSP of [false, true]) {
  for (const [hash, scroller, sign] of VIEWS) {
    test(`nothing runs in ${hash.split('?')[0]}${bypassCSP ? ', without the policy' : ''}`, async () => {
      const page = await open(hash, { init: INIT, context: { bypassCSP } });
      await page.waitForSelector(sign);
      assert.deepEqual(await walk(page, scroller), []);
      assert.deepEqual(await page.evaluate(() => window.__ran), []);
      assert.ok((await page.textContent('main')).length > 200);
      await page.done();
    });
  }
}

test('payloads in the address and in the box are text', async () => {
  for (const payload of PAYLOADS) {
    const page = await open(`#/search?q=${encodeURIComponent(payload)}`, { init: INIT, context: { bypassCSP: true } });
    page.expected = /400/;
    await page.waitForSelector('.note, .hit, .query-error');
    assert.deepEqual(await page.evaluate(planted, [...TAGS]), []);
    assert.deepEqual(await page.evaluate(() => window.__ran), []);
    page.faults.length = page.faults.filter((f) => !/400/.test(f)).length ? page.faults.length : 0;
    await page.done();
  }
});

test('without the sanitiser the same check fails', async () => {
  const { buildPage } = await import(pathToFileURL(path.join(TOP, 'web/build.mjs')));
  const out = path.join(tempDir('unsafe'), 'page');
  const trusting = {
    name: 'no sanitiser',
    setup(build) {
      build.onLoad({ filter: /lib[/\\]sanitize\.js$/ }, () => ({
        contents: `export const plainTags = (html) => html;
          export const sanitize = (html) => document.createRange().createContextualFragment(html);`,
      }));
    },
  };
  await buildPage(out, [trusting]);
  const other = process.env.SCROLLBACK_UNSAFE_URL ? { url: process.env.SCROLLBACK_UNSAFE_URL, stop() {} } : await serve(root, ['--web-root', out]);
  assert.notEqual(other.url, url);
  const page = await open(VIEWS[0][0], { at: other.url, init: INIT, context: { bypassCSP: true } });
  await page.waitForSelector('.prose');
  const ran = await page.evaluate(() => window.__ran);
  // The page may be led away by what it now obeys; that is noticed as well.
  const found = await walk(page, '.thread-scroll').catch((error) => [error.message]);
  await page.context().close();
  await other.stop();
  assert.ok(found.length > 0, 'planted elements are noticed');
  assert.ok(ran.length > 0, 'payloads run and are noticed');
});
