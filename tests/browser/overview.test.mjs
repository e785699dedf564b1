/** The overview: its figures are those of the service, and lead to the messages behind them. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { ask, open, state, status, total } from './support.mjs';

test('figures agree with the service and lead to their search', async () => {
  const page = await open('#/overview');
  await page.waitForSelector('.tile');
  const { totals } = await ask('stats');
  const tile = (label) => page.locator('.tile', { hasText: label });
  assert.equal(await tile('messages').getAttribute('title'), totals.messages.toLocaleString('en-US'));
  assert.match(await tile('errors').textContent(), new RegExp(`^${totals.errors}`));
  await tile('errors').click();
  assert.equal(await total(page), totals.errors);
  await page.goBack();
  await page.waitForSelector('.figures');
  const row = page.locator('.figures tr', { hasText: /^Bash/ });
  const { rows } = await ask('stats?by=tool');
  assert.match(await row.textContent(), new RegExp(`^Bash${rows.find((r) => r.tool === 'Bash').messages.toLocaleString('en-US')}`));
  await row.locator('a').first().click();
  assert.equal((await state(page)).get('q'), 'tool:Bash');
  await page.done();
});

test('charts are drawn, ranges and queries narrow them', async () => {
  const page = await open('#/overview');
  await page.waitForFunction(() => document.querySelectorAll('.chart canvas').length === 2);
  await page.waitForSelector('.day-square');
  assert.match(await page.getAttribute('.chart', 'aria-label'), /^Tokens by model: .*opus-4-6/);
  assert.ok(await page.locator('.day-square').count() > 50);
  await page.fill('#q', 'zebra');
  await page.waitForFunction(() => document.querySelector('.tile')?.title === '1');
  assert.match(await page.textContent('.status'), /zebra/);
  await page.click('text=30 days');
  assert.equal((await state(page)).get('range'), '30d');
  assert.equal((await state(page)).get('q'), 'zebra');
  await page.click('text=Everything');
  await page.waitForFunction(() => document.querySelector('.tile')?.title === '1');
  await page.done();
});

test('a long table is shown whole when asked for', async () => {
  const page = await open('#/overview');
  await page.waitForSelector('.figures');
  const tools = page.locator('.panel', { has: page.locator('h2', { hasText: /^Tools$/ }) });
  const { rows } = await ask('stats?by=tool');
  const all = rows.filter((r) => r.tool).length;
  assert.ok(await tools.locator('tbody tr').count() < all);
  await tools.locator('button').click();
  assert.equal(await tools.locator('tbody tr').count(), all);
  assert.equal(await page.evaluate(() => document.activeElement.closest('tr')?.rowIndex), 13, 'the focus is on the first that came');
  await page.done();
});

test('on a phone every table shows what it is sorted by', async () => {
  const page = await open('#/overview', { size: 'narrow' });
  await page.waitForSelector('.figures');
  const cut = await page.locator('.table-box').evaluateAll((all) => all.map((n) => n.scrollWidth - n.clientWidth));
  assert.deepEqual(cut, [0, 0, 0]);
  await page.done();
});

test('the hours are a picture that says its highest, and looks like nothing one can press', async () => {
  const page = await open('#/overview');
  await page.waitForSelector('.hours');
  const { rows } = await ask('stats?by=hour&tz=Europe/Berlin');
  const most = rows.reduce((a, b) => (b.messages > a.messages ? b : a));
  const text = await page.locator('.panel', { has: page.locator('.hours') }).locator('h2').textContent();
  assert.ok(text.includes(`${most.messages.toLocaleString('en-US')} messages`), text);
  assert.equal(await page.locator('.hours a, .hours button').count(), 0);
  const colour = (selector) => page.locator(selector).first().evaluate((n) => getComputedStyle(n).backgroundColor);
  assert.notEqual(await colour('.hour-bar'), await colour('.day-square.l4'));
  await page.done();
});

test('a range without a message shows nothing of other times', async () => {
  const page = await open('#/overview?q=wombat&range=7d');
  await page.waitForSelector('.note >> text=No message');
  assert.match(await page.locator('.tile').first().textContent(), /^0/);
  assert.equal(await page.locator('.day-square, .chart, .figures tbody tr').count(), 0);
  await page.click('.note a');
  await page.waitForSelector('.day-square');
  assert.equal((await state(page)).get('range'), null);
  await page.done();
});

test('a part of the service that does not answer leaves the rest', async () => {
  const page = await open('#/search?q=zebra');
  await status(page, /^1 message/);
  page.expected = /404/;
  await page.route(/timeseries/, (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{"title":"Not found","status":404}' }));
  await page.click('.tab >> text=Overview');
  await page.waitForSelector('.figures');
  await page.done();
});
