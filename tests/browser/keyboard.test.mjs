/** Everything by keyboard alone. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { SESSIONS } from './fixture.mjs';
import { calm, open, state, status, total } from './support.mjs';

const focused = (page) => page.evaluate(() => document.activeElement?.className ?? '');

test('search, walk the hits, open, find, come back', async () => {
  const page = await open('#/overview');
  await page.waitForSelector('.tile');
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await total(page);
  await page.keyboard.press('/');
  await page.keyboard.type('wombat');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.classList.contains('hit-link'));
  const label = () => page.evaluate(() => document.activeElement.closest('.hit').dataset.key);
  const first = await label();
  await page.keyboard.press('j');
  assert.notEqual(await label(), first);
  await page.keyboard.press('k');
  assert.equal(await label(), first);
  await page.keyboard.press('j');
  const second = await label();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.row.target');
  const before = (await state(page)).get('at');
  await page.keyboard.press('n');
  await page.waitForFunction((id) => new URLSearchParams(location.hash.split('?')[1]).get('at') !== id, before);
  await page.keyboard.press('p');
  await page.waitForFunction((id) => new URLSearchParams(location.hash.split('?')[1]).get('at') === id, before);
  await page.keyboard.press('j');
  await page.waitForFunction((id) => new URLSearchParams(location.hash.split('?')[1]).get('at') !== id, before);
  assert.match(await focused(page), /row/);
  await page.keyboard.press('[');
  await page.waitForSelector('.row.prompt.target');
  await page.keyboard.press('f');
  assert.match(await focused(page), /find-input/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await status(page, /message/);
  await page.waitForFunction((key) => document.activeElement.closest('.hit')?.dataset.key === key, second);
  await page.done();
});

test('Esc in a box gives the focus back to where one was', async () => {
  const page = await open('#/search?q=wombat');
  await total(page);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const key = () => page.evaluate(() => document.activeElement.closest('.hit')?.dataset.key);
  const second = await key();
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.equal(await key(), second);
  await page.keyboard.press('Enter');
  await page.waitForSelector('.row.target:focus');
  await page.keyboard.press('f');
  await page.keyboard.press('Escape');
  assert.match(await focused(page), /\btarget\b/);
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  assert.match(await focused(page), /\btarget\b/);
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.waitForSelector('.session-row');
  await page.keyboard.press('/');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.match(await focused(page), /results/);
  await page.done();
});

test('Tab goes on from a message that is taller than the window', async () => {
  const page = await open(`#/session?id=${SESSIONS.tour}&find=FAILED`, { context: { viewport: { width: 1000, height: 400 } } });
  const row = page.locator('.row', { hasText: 'FAILED: seal_test' }).first();
  await row.locator('.show-all').click();
  await row.locator('[aria-label="Source line"]').focus();
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
  const place = () => page.evaluate(() => Number(document.activeElement.closest('.row')?.getAttribute('aria-posinset')));
  const before = await place();
  assert.ok(before > 0);
  await page.keyboard.press('Tab');
  assert.equal(await place(), before + 1);
  await page.done();
});

test('r copies the command that carries on', async () => {
  const page = await open(`#/session?id=${SESSIONS.tour}`, { context: { permissions: ['clipboard-read', 'clipboard-write'] } });
  await page.waitForSelector('.card');
  await page.keyboard.press('r');
  await page.waitForFunction(async () => /claude --resume 11111111/.test(await navigator.clipboard.readText()));
  await page.keyboard.press('r');
  await calm(page, 2000);
  assert.match(await page.textContent('.resume'), /^Copy resume command/, 'it says "Copied" for a moment alone');
  await page.done();
});

test('help opens with ? and its switch silences single keys', async () => {
  const page = await open('#/overview');
  await page.waitForSelector('.tile');
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.focus('#keys-on');
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await page.keyboard.press('?');
  await page.keyboard.press('/');
  assert.equal(await page.locator('dialog').count(), 0);
  assert.notEqual(await page.evaluate(() => document.activeElement.id), 'q');
  await page.done();
});

test('Tab reaches everything in the order one sees, and focus is always visible', async () => {
  const page = await open('#/search?q=zebra');
  await total(page);
  await page.waitForSelector('.facet-value');
  await page.evaluate(() => document.activeElement.blur());
  const seen = [];
  for (let n = 0; n < 80; n += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const node = document.activeElement;
      const box = node.getBoundingClientRect();
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
      return { name: node.id || node.className || node.tagName, visible: box.width > 0 && Boolean(hit) && (node.contains(hit) || hit.contains(node)) };
    });
    if (at.name === 'BODY' || at.name === seen[0]) break;
    assert.ok(at.visible, `focus on ${at.name} is hidden`);
    seen.push(at.name);
  }
  for (const name of ['skip', 'logo', 'q', 'box-toggle', 'tab', 'chip', 'facet-value', 'select', 'hit-link']) {
    assert.ok(seen.includes(name), `${name} among ${seen.join(', ')}`);
  }
  await page.done();
});

test('the calendar is walked with the arrow keys', async () => {
  const page = await open('#/overview');
  await page.waitForSelector('.day-square');
  await page.focus('.day-square[tabindex="0"]');
  const day = () => page.evaluate(() => document.activeElement.dataset.day);
  const last = await day();
  await page.keyboard.press('ArrowUp');
  assert.ok(await day() < last);
  await page.keyboard.press('Enter');
  await status(page, /\d/);
  assert.match((await state(page)).get('q'), /^since:\S+ until:\S+$/);
  await page.done();
});
