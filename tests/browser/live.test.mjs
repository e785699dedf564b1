/** New messages show up while one looks, in the live view, the session and the results. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { liveFile, liveLine, SESSIONS } from './fixture.mjs';
import { open, root, status, total } from './support.mjs';

const skip = process.env.SCROLLBACK_URL ? 'needs a service of its own' : false;
let n = 0;
const say = (text) => appendFileSync(liveFile(root), liveLine(text, n += 1));

test('the live view shows a message as it lands', { skip }, async () => {
  const page = await open('#/live');
  await status(page, /Live/);
  say('the capybara has landed');
  await page.waitForSelector('.hit >> text=capybara', { timeout: 5000 });
  await page.click('text=Hold');
  say('the second one waits');
  await status(page, /1 message held back/);
  await page.click('text=Go on');
  await page.waitForSelector('.hit >> text=second one');
  await page.done();
});

test('the live view obeys the query', { skip }, async () => {
  const page = await open('#/live?q=okapi');
  await status(page, /Live/);
  say('nothing of interest');
  say('an okapi at last');
  await page.waitForSelector('.hit >> text=okapi', { timeout: 5000 });
  assert.equal(await page.locator('.hit').count(), 1);
  await page.done();
});

test('an open session grows at its end', { skip }, async () => {
  const page = await open(`#/session?id=${SESSIONS.live}`);
  await page.waitForSelector('.row');
  await page.waitForTimeout(500);
  say('and here is the **meerkat** line');
  await page.waitForSelector('.row strong >> text=meerkat', { timeout: 5000 });
  await page.done();
});

test('results offer what is new', { skip }, async () => {
  const page = await open('#/search?q=tapir');
  await total(page);
  await page.waitForTimeout(500);
  say('one tapir');
  await page.click('.fresh-btn', { timeout: 5000 });
  await status(page, /^1 message/);
  await page.done();
});
