/** Speed as one feels it, and the size of the page. Bars are those of the product's promises. */
import test from 'node:test';
import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SESSIONS } from './fixture.mjs';
import { tempDir, TOP } from './server.mjs';
import { browser, calm, open, total } from './support.mjs';

/**
 * The longest tasks of the page's main thread while `work` runs, in milliseconds of its own time on
 * a processor: what the page costs, whoever else uses the machine meanwhile.
 */
async function longest(page, work) {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const main = new Set(traceEvents.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain').map((e) => `${e.pid} ${e.tid}`));
  const times = traceEvents.filter((e) => /RunTask$/.test(e.name) && e.tdur > 0 && main.has(`${e.pid} ${e.tid}`)).map((e) => e.tdur / 1000);
  assert.ok(times.length > 50, `${times.length} tasks were seen`);
  return times.sort((a, b) => b - a).slice(0, 10).map(Math.round);
}

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
  const rounds = [];
  // Others may use the machine: the best of some rounds is the page's own time. Where they keep it
  // busy throughout, half of all keystrokes wait for a processor, and the quicker quarter is judged.
  for (let n = 0; n < 6 && !(Math.min(...rounds) <= 100); n += 1) {
    await page.fill('#q', '');
    await calm(page);
    await page.evaluate(() => { window.__times.length = 0; });
    for (const letter of 'wombat list') {
      await page.keyboard.type(letter);
      await page.waitForTimeout(350);
    }
    const times = (await page.evaluate(() => window.__times)).sort((a, b) => a - b);
    t.diagnostic(`keystroke to result: ${times.map((x) => Math.round(x)).join(', ')} ms`);
    assert.ok(times.length >= 8, `${times.length} of 11 keystrokes were measured`);
    const crowded = os.loadavg()[0] > 3 * os.availableParallelism();
    rounds.push(times[Math.floor(times.length / (crowded ? 4 : 2))]);
  }
  assert.ok(Math.min(...rounds) <= 100, `${Math.round(Math.min(...rounds))} ms in the best round`);
  await page.done();
});

test('scrolling 5,000 messages has no task over 100 ms', async (t) => {
  const page = await open(`#/session?id=${SESSIONS.long}`);
  await page.waitForSelector('.row');
  await calm(page, 1000);
  let rows = 0;
  const tasks = await longest(page, async () => {
    rows = await page.evaluate(async () => {
      const scroller = document.querySelector('.thread-scroll');
      const began = performance.now();
      let still = 0;
      while (performance.now() - began < 90e3 && still < 90) {
        const before = scroller.scrollTop;
        scroller.scrollTop += 900;
        await new Promise(requestAnimationFrame);
        still = scroller.scrollTop === before ? still + 1 : 0;
      }
      return Number([...document.querySelectorAll('.row')].pop().getAttribute('aria-posinset'));
    });
  });
  t.diagnostic(`${rows} rows; longest tasks: ${tasks.join(', ')} ms`);
  assert.match(await page.textContent('.thread'), /platypus/, 'the end was reached');
  assert.ok(rows > 2400, `${rows} rows`);
  assert.ok(tasks[0] <= 100, `longest ${tasks[0]} ms`);
  assert.ok(await page.locator('.row').count() < 120, 'only what is near is in the document');
  await page.done();
});

test('showing all of a five-megabyte message has no task over 100 ms', async (t) => {
  const page = await open(`#/session?id=${SESSIONS.large}`);
  await page.waitForSelector('.show-all');
  await calm(page, 1000);
  const tasks = await longest(page, async () => {
    await page.click('.output .show-all');
    await page.waitForFunction(() => [...document.querySelectorAll('.chunk')].reduce((n, c) => n + c.textContent.length, 0) > 5e6);
    await page.evaluate(async () => {
      const box = document.querySelector('.chunks');
      for (let n = 0; n < 100; n += 1) {
        box.scrollTop += 3000;
        await new Promise(requestAnimationFrame);
      }
    });
  });
  t.diagnostic(`longest tasks: ${tasks.join(', ')} ms`);
  assert.ok(tasks[0] <= 100, `longest ${tasks[0]} ms`);
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
