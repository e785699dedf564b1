/** Reading a session: opened at the hit, cards, agents, find, outline, long things. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { AGENT, SESSIONS } from './fixture.mjs';
import { calm, ask, hits, open, state, status, total } from './support.mjs';

const at = (id, more = '') => `#/session?id=${id}${more}`;
const isInView = (page, selector) => page.locator(selector).first().evaluate((node) => {
  const box = node.getBoundingClientRect();
  return box.top < innerHeight && box.bottom > 0 && box.height > 0;
});

/** The list measures its rows after it has scrolled to one: give it the time to settle there. */
async function inView(page, selector) {
  for (let tries = 0; tries < 1200; tries++) {
    if (await isInView(page, selector)) return true;
    await page.waitForTimeout(50);
  }
  return false;
}

test('a hit opens the session at its message, Esc leads back', async () => {
  const page = await open('#/search?q=platypus');
  await total(page);
  await hits(page).first().click();
  await page.waitForSelector('.row.target');
  assert.match(await page.textContent('.row.target'), /platypus/);
  assert.ok(await inView(page, '.row.target'));
  assert.equal((await state(page)).get('find'), 'platypus');
  await page.waitForFunction(() => document.querySelector('.find-place').textContent === '1 of 1');
  await page.keyboard.press('Escape');
  await status(page, /1 message/);
  assert.equal((await state(page)).get('q'), 'platypus');
  await page.done();
});

test('messages are shown as what they are', async () => {
  const page = await open(at(SESSIONS.tour));
  await page.waitForSelector('.card');
  assert.equal(await page.locator('details.thinking').first().evaluate((n) => n.open), false);
  const text = (selector) => page.locator(selector).first().textContent();
  assert.match(await text('.row.prompt .typed'), /日本語/);
  assert.doesNotMatch(await page.textContent('.thread'), /\u001b|\[31m/);
  assert.equal(await page.locator('.diff .del').first().textContent(), '-removed:     return s->sealed ? 0 : 1;');
  assert.equal(await page.locator('.diff .add').count(), 2);
  assert.deepEqual(await page.locator('.todo').allTextContents(), ['☑Reproduce', '◐Mend the lock', '☐Write a test']);
  assert.match(await text('.card.failed .outcome'), /failed/);
  assert.match(await text('.card.failed .output'), /FAILED: seal_test/);
  const read = page.locator('.card', { hasText: 'Read' }).first();
  await read.locator('summary').click();
  await read.locator('.output').waitFor();
  assert.match(await read.textContent(), /int segment_seal/);
  assert.doesNotMatch(await read.locator('.output').textContent(), /41→/);
  await page.done();
});

test('replies are rendered Markdown with coloured code', async () => {
  const page = await open('#/search?q=%22the%20writer%20and%20the%20sealer%22');
  await total(page);
  await hits(page).first().click();
  await page.waitForSelector('.row.target .prose table');
  const row = page.locator('.row.target');
  assert.equal(await row.locator('strong').first().textContent(), 'race');
  assert.ok(await row.locator('.hljs-keyword').count() > 0);
  assert.equal(await row.locator('kbd').count(), 2);
  const link = row.locator('a', { hasText: 'the notes' });
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
  assert.equal(await link.getAttribute('target'), '_blank');
  await page.done();
});

test('a sub-agent opens below the call that started it', async () => {
  const page = await open('#/search?q=quokka%20agent:only');
  await total(page);
  await hits(page).first().click();
  await page.waitForSelector('.row.target.nested');
  assert.match(await page.textContent('.row.target.nested'), /quokka/);
  assert.equal((await state(page)).get('agent'), AGENT);
  assert.ok(await inView(page, '.row.target'));
  const toggle = page.locator('.agent-toggle');
  assert.equal(await toggle.getAttribute('aria-expanded'), 'true');
  await toggle.click();
  await page.waitForFunction(() => !document.querySelector('.row.nested'));
  await page.click('text=alone');
  await page.waitForSelector('.head-agent');
  assert.match(await page.textContent('.thread'), /Look for other users/);
  await page.done();
});

test('on a phone, what is tapped stays under the finger while the focus moves', async () => {
  const page = await open('#/search?q=%22users%20of%20the%20tail%22%20tool:Task%20kind:tool_use', { size: 'narrow' });
  await hits(page).first().click();
  await page.waitForSelector('.row.target:focus-within');
  const top = () => page.locator('.agent-toggle').evaluate((n) => n.getBoundingClientRect().top);
  const before = await top();
  await page.evaluate(() => document.activeElement.blur());
  assert.equal(await top(), before);
  await page.click('.agent-toggle');
  await page.waitForSelector('.row.nested');
  await page.done();
});

test('on a phone, what one can do with a tall message is in view when it is opened', async () => {
  const page = await open('#/search?q=%22the%20writer%20and%20the%20sealer%22', { context: { viewport: { width: 360, height: 440 } } });
  await hits(page).first().click();
  await page.waitForSelector('.row.target:focus-within .row-actions');
  await calm(page);
  const [side, view] = await page.evaluate(() => ['.row.target .row-actions', '.thread-scroll']
    .map((s) => document.querySelector(s).getBoundingClientRect().top));
  assert.ok(side >= view, `actions at ${side}, the view begins at ${view}`);
  await page.done();
});

test('find walks through the matches, also far away', async () => {
  const page = await open(at(SESSIONS.long));
  await page.waitForSelector('.row');
  await page.fill('.find-input', 'wombat');
  await page.waitForSelector('.row.target');
  const want = (await ask(`search?session=${SESSIONS.long}&q=wombat&limit=0&dedupe=false`)).total.value;
  await page.waitForFunction((n) => document.querySelector('.find-place').textContent === `1 of ${n}`, want);
  await page.locator('.row.target').press('p');
  await page.waitForFunction((n) => document.querySelector('.find-place').textContent === `${n} of ${n}`, want);
  await page.waitForFunction(() => /wombat/.test(document.querySelector('.row.target')?.textContent));
  assert.ok(await inView(page, '.row.target'));
  const marked = await page.evaluate(() => [...CSS.highlights.get('find-now')].map((r) => r.toString()));
  assert.deepEqual(marked, ['wombat']);
  assert.equal((await state(page)).get('find'), 'wombat');
  await page.done();
});

test('the outline leads on without ending the find', async () => {
  const page = await open(at(SESSIONS.long, '&find=wombat'));
  await page.waitForSelector('.outline-link');
  await page.locator('.outline-link').nth(3).click();
  await page.waitForSelector('.row.prompt.target');
  assert.equal((await state(page)).get('find'), 'wombat');
  assert.equal(await page.inputValue('.find-input'), 'wombat');
  await page.done();
});

test('find never shows an older answer than the text in its box', async () => {
  const page = await open(at(SESSIONS.long));
  await page.waitForSelector('.row');
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(/search\?.*q=step(&|$)/, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  const asked = page.waitForRequest(/search\?.*q=step(&|$)/);
  await page.fill('.find-input', 'step');
  await asked;
  await page.fill('.find-input', 'platypus');
  await page.waitForFunction(() => document.querySelector('.find-place').textContent === '1 of 1');
  release();
  await calm(page, 500);
  assert.equal(await page.textContent('.find-place'), '1 of 1');
  assert.match(await page.textContent('.row.target'), /platypus/);
  await page.done();
});

test('the outline lists the prompts and leads to them', async () => {
  const page = await open(at(SESSIONS.long));
  await page.waitForSelector('.outline-link');
  const links = page.locator('.outline-link');
  const n = await links.count();
  assert.ok(n > 50);
  await links.nth(n - 2).click();
  await page.waitForSelector('.row.prompt.target');
  assert.ok(await inView(page, '.row.prompt.target'));
  await page.waitForFunction(() => document.querySelector('.outline-link[aria-current]'));
  await page.done();
});

test('a message of five megabytes stays readable', async () => {
  const page = await open(at(SESSIONS.large));
  const all = page.locator('.show-all', { hasText: '5' });
  await all.click();
  await page.waitForSelector('.chunk');
  await page.waitForFunction(() => [...document.querySelectorAll('.chunk')].reduce((n, c) => n + c.textContent.length, 0) > 5e6);
  assert.equal(await all.first().getAttribute('aria-expanded').catch(() => 'true'), 'true');
  await page.done();
});

test('resume command, export, link and source line', async () => {
  const page = await open(at(SESSIONS.tour), { context: { permissions: ['clipboard-read', 'clipboard-write'] } });
  await page.waitForSelector('.card');
  await page.click('text=Copy resume command');
  const info = await ask(`sessions/${SESSIONS.tour}`);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), info.resume);
  await page.click('.menu summary');
  const hrefs = await page.locator('.menu-item').evaluateAll((list) => list.map((a) => a.href));
  assert.equal(hrefs.length, 4);
  for (const href of hrefs) assert.equal((await fetch(href)).status, 200, href);
  const row = page.locator('.row.prompt').first();
  await row.hover();
  await row.locator('[aria-label="Copy link to message"]').click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto('about:blank');
  await page.goto(link);
  await page.waitForSelector('.row.target .typed');
  await page.hover('.row.target');
  await page.click('.row.target [aria-label="Source line"]');
  await page.waitForSelector('dialog .raw .pre');
  assert.match(await page.textContent('dialog .raw'), /"parentUuid"/);
  await page.keyboard.press('Escape');
  await page.done();
});

test('an image is shown from the transcript itself: at once in a message, on demand in an output', async () => {
  const page = await open('#/search?q=%22picture%20of%20it%22');
  await total(page);
  await hits(page).first().click();
  const shown = (n) => page.waitForFunction((k) => [...document.querySelectorAll('img.image')].filter((i) => i.naturalWidth === 1).length === k, n);
  await shown(1);
  await page.click('.card-head:has-text("take screenshot")');
  await page.click('text=Show 1 image');
  await shown(2);
  await page.done();
});

test('a reload comes back to the place one read', async () => {
  const page = await open(at(SESSIONS.long));
  await page.waitForSelector('.row');
  await page.evaluate(() => { document.querySelector('.thread-scroll').scrollTop = 4000; });
  await page.waitForFunction(() => history.state?.seen);
  await calm(page, 600);
  const seen = await page.evaluate(() => history.state.seen.id);
  await page.reload();
  await page.waitForSelector('.row');
  await page.waitForFunction((id) => {
    const view = document.querySelector('.thread-scroll').getBoundingClientRect();
    return [...document.querySelectorAll('.row')].some((row) => row.dataset.key.endsWith(id)
      && row.getBoundingClientRect().top < view.top + 200 && row.getBoundingClientRect().bottom > view.top - 5);
  }, seen);
  await page.done();
});

test('a session that is not there is a calm note', async () => {
  const page = await open('');
  await total(page);
  page.expected = /404/;
  await page.evaluate(() => { location.hash = '#/session?id=99999999-9999-4999-8999-999999999999'; });
  await page.waitForSelector('.note');
  assert.ok(await page.locator('.note-title').evaluate((n) => n.getBoundingClientRect().top < innerHeight / 2), 'it stands where one looks');
  assert.equal(await page.locator('.menu').count(), 0, 'there is nothing to export');
  await page.click('.note a');
  await page.waitForSelector('.session-row');
  await page.done();
});

test('a session that is slow to come says which it is, and that it is coming', async () => {
  const page = await open('#/search?q=platypus');
  await total(page);
  await page.waitForFunction(() => document.querySelector('.run-title')?.textContent.trim());
  const title = (await page.textContent('.run-title')).trim();
  const held = [];
  await page.route(/\/sessions\/|\/messages/, (route) => held.push(route));
  await hits(page).first().click();
  await page.waitForSelector('.session-title');
  assert.equal((await page.textContent('.session-title')).trim(), title);
  assert.equal(await page.locator('.session').getAttribute('aria-busy'), 'true');
  await page.waitForFunction(() => getComputedStyle(document.querySelector('.thread-scroll'), '::before').visibility === 'visible');
  await page.keyboard.press('f');
  await page.keyboard.type('pla');
  await page.unroute(/\/sessions\/|\/messages/);
  for (const route of held) await route.continue().catch(() => {});
  await page.waitForSelector('.row.target');
  assert.equal(await page.locator('.session').getAttribute('aria-busy'), null);
  assert.match(await page.evaluate(() => document.activeElement.className), /find-input/, 'what one types goes on');
  await page.done();
});

test('project and branch of a listed session narrow the list', async () => {
  const page = await open('#/sessions?q=numbat+OR+wombat');
  await status(page, /^2 sessions/);
  await page.click('.session-row a >> text=parser');
  await status(page, /^1 session/);
  assert.equal((await state(page)).get('q'), '(numbat OR wombat) project:/home/ada/parser');
  await page.goBack();
  await status(page, /^2 sessions/);
  await page.click('.session-row a >> text=feature/long');
  await status(page, /^1 session/);
  assert.equal((await state(page)).get('q'), '(numbat OR wombat) branch:feature/long');
  await page.done();
});

test('the list of sessions sorts and searches', async () => {
  const page = await open('#/sessions');
  await page.waitForSelector('.session-row');
  assert.match(await status(page, /sessions/), /^5 sessions/);
  await page.selectOption('[aria-label="Sort by"]', 'longest');
  await page.waitForFunction(() => /list/.test(document.querySelector('.session-row .session-link').textContent));
  assert.equal((await state(page)).get('sort'), 'longest');
  await page.fill('#q', 'axolotl');
  await status(page, /^1 session/);
  await page.click('.session-link');
  await page.waitForSelector('.row');
  assert.equal((await state(page)).get('id'), SESSIONS.large);
  await page.done();
});
