/** Speed as one feels it, and the size of the page. Bars are those of the product's promises. */
import test from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SESSIONS } from './fixture.mjs';
import { tempDir, TOP } from './server.mjs';
import { open, total } from './support.mjs';

/** Keep the long tasks of the page in `window.__long`. */
const LONG_TASKS = () => {
  window.__long = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.__long.push(Math.round(entry.duration));
  }).observe({ type: 'longtask', buffered: true });
};

test('the first result is on screen within 100 ms of the keystroke', async (t) => {
  const page = await open('');
  await total(page);
  await page.evaluate(() => {
    window.__times = [];
    document.getElementById('q').addEventListener('input', () => {
      const began = performance.now();
      const old = document.querySelector('.hit')?.dataset.key;
      const look = () => {
        if (document.querySelector('.hit')?.dataset.key !== old) requestAnimationFrame(() => window.__times.push(performance.now() - began));
        else if (performance.now() - began < 3000) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  });
  await page.focus('#q');
  for (const letter of 'wombat list') {
    await page.keyboard.type(letter);
    await page.waitForTimeout(350);
  }
  const times = (await page.evaluate(() => window.__times)).sort((a, b) => a - b);
  t.diagnostic(`keystroke to result: ${times.map((x) => Math.round(x)).join(', ')} ms`);
  assert.ok(times.length >= 8, `${times.length} of 11 keystrokes were measured`);
  assert.ok(times[Math.floor(times.length / 2)] <= 100, 'median at most 100 ms');
  await page.done();
});

test('scrolling 5,000 messages has no task over 100 ms', async (t) => {
  const page = await open(`#/session?id=${SESSIONS.long}`, { init: LONG_TASKS });
  await page.waitForSelector('.row');
  await page.waitForTimeout(1500);
  await page.evaluate(() => { window.__long.length = 0; });
  const rows = await page.evaluate(async () => {
    const scroller = document.querySelector('.thread-scroll');
    const began = performance.now();
    let still = 0;
    while (performance.now() - began < 40e3 && still < 90) {
      const before = scroller.scrollTop;
      scroller.scrollTop += 900;
      await new Promise(requestAnimationFrame);
      still = scroller.scrollTop === before ? still + 1 : 0;
    }
    return Number([...document.querySelectorAll('.row')].pop().getAttribute('aria-posinset'));
  });
  const long = await page.evaluate(() => window.__long);
  t.diagnostic(`${rows} rows; long tasks: ${long.join(', ') || 'none'} ms`);
  assert.match(await page.textContent('.thread'), /platypus/, 'the end was reached');
  assert.ok(rows > 2400, `${rows} rows`);
  assert.ok(Math.max(0, ...long) <= 100, `longest ${Math.max(0, ...long)} ms`);
  assert.ok(await page.locator('.row').count() < 120, 'only what is near is in the document');
  await page.done();
});

test('showing all of a five-megabyte message has no task over 100 ms', async (t) => {
  const page = await open(`#/session?id=${SESSIONS.large}`, { init: LONG_TASKS });
  await page.waitForSelector('.show-all');
  await page.waitForTimeout(1000);
  await page.evaluate(() => { window.__long.length = 0; });
  await page.click('.output .show-all');
  await page.waitForFunction(() => [...document.querySelectorAll('.chunk')].reduce((n, c) => n + c.textContent.length, 0) > 5e6, null, { timeout: 15000 });
  await page.evaluate(async () => {
    const box = document.querySelector('.chunks');
    for (let n = 0; n < 100; n += 1) {
      box.scrollTop += 3000;
      await new Promise(requestAnimationFrame);
    }
  });
  const long = await page.evaluate(() => window.__long);
  t.diagnostic(`long tasks: ${long.join(', ') || 'none'} ms`);
  assert.ok(Math.max(0, ...long) <= 100, `longest ${Math.max(0, ...long)} ms`);
  await page.done();
});

test('the whole page is within its budget, and built alike twice', async (t) => {
  const { BUDGET, buildPage } = await import(pathToFileURL(path.join(TOP, 'web/build.mjs')));
  const dir = tempDir('size');
  const first = await buildPage(path.join(dir, 'a'));
  const second = await buildPage(path.join(dir, 'b'));
  t.diagnostic(`${(first.bytes / 1024).toFixed(1)} KB gzipped`);
  assert.ok(first.bytes <= BUDGET);
  assert.deepEqual(first, second);
});
