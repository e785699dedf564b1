/** New messages show up while one looks, in the live view, the session and the results. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { liveFile, liveLine, SESSIONS } from './fixture.mjs';
import { open, root, status, total } from './support.mjs';

const skip = process.env.SCROLLBACK_URL ? 'needs a service of its own' : false;
let n = 0;
const say = (text) => appendFileSync(liveFile(root), liveLine(text, n += 1));

test('the live view shows what was last, and a message as it lands', { skip }, async () => {
  const page = await open('#/live');
  await page.waitForSelector('.hit.earlier .run');
  await status(page, /Live/);
  say('the capybara has landed');
  await page.waitForSelector('.hit >> text=capybara');
  await page.click('text=Hold');
  say('the second one waits');
  await status(page, /1 message held back/);
  await page.click('text=Go on');
  await page.waitForSelector('.hit:not(.earlier) >> text=second one');
  assert.equal(await page.locator('.hit:not(.earlier) .run').count(), 1, 'neighbours of one session stand under one line');
  await page.done();
});

test('the live view obeys the query', { skip }, async () => {
  const page = await open('#/live?q=okapi');
  await status(page, /Live/);
  say('nothing of interest');
  say('an okapi at last');
  await page.waitForSelector('.hit >> text=okapi');
  assert.equal(await page.locator('.hit').count(), 1);
  await page.done();
});

test('another query in the live view shows its own messages', { skip }, async () => {
  const page = await open('#/live?q=wombat');
  await page.waitForSelector('.hit mark >> text=wombat');
  await page.fill('#q', 'platypus');
  await page.waitForSelector('.hit mark >> text=platypus');
  assert.equal(await page.locator('.hit mark >> text=wombat').count(), 0);
  await page.fill('#q', 'nothinglikethis');
  await page.waitForSelector('.note >> text=Waiting');
  assert.equal(await page.locator('.hit').count(), 0);
  await page.done();
});

test('an open session grows at its end', { skip }, async () => {
  const page = await open(`#/session?id=${SESSIONS.live}`);
  await page.waitForSelector('.session[data-stream=live] .row');
  say('and here is the **meerkat** line');
  await page.waitForSelector('.row strong >> text=meerkat');
  await page.done();
});

test('results offer what is new', { skip }, async () => {
  const page = await open('#/search?q=tapir');
  await total(page);
  await page.waitForSelector('.search[data-stream=live]');
  say('one tapir');
  await page.click('.fresh-btn');
  await status(page, /^1 message/);
  await page.done();
});
