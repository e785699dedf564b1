/** A service that wants a token: asked for once, kept for the tab, sent with everything. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { SESSIONS } from './fixture.mjs';
import { serve, tempDir } from './server.mjs';
import { open, root, status } from './support.mjs';

const TOKEN = 'correct-horse-battery-staple-0123456789';

test('the token is asked for, a wrong one again, the right one works everywhere', { skip: process.env.SCROLLBACK_URL ? 'needs a service of its own' : false }, async () => {
  const file = path.join(tempDir('token'), 'token');
  writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
  const own = await serve(root, ['--token-file', file]);
  const page = await open('#/search?q=zebra', { at: own.url });
  page.expected = /401/;
  await page.waitForSelector('dialog[open] #token');
  await page.fill('#token', 'wrong');
  await page.click('text=Continue');
  await page.waitForSelector('text=was not accepted');
  await page.fill('#token', TOKEN);
  await page.keyboard.press('Enter');
  await status(page, /^1 message/);
  await page.reload();
  await status(page, /^1 message/);
  assert.equal(await page.locator('dialog').count(), 0);
  assert.equal(await page.evaluate(() => localStorage.getItem('scrollback.token')), null);
  await page.goto(`${own.url}/#/session?id=${SESSIONS.tour}`);
  await page.waitForSelector('.card');
  await page.click('.menu summary');
  const download = page.waitForEvent('download');
  await page.click('.menu-item >> text=Markdown');
  assert.equal((await download).suggestedFilename(), `${SESSIONS.tour}.md`);
  await page.done();
  await own.stop();
});
