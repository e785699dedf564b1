/** Searching: as one types, wrong queries, suggestions, facets, histogram, history. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { ask, calm, hits, open, state, status, total, type } from './support.mjs';

test('results come as one types, and the address follows', async () => {
  const page = await open();
  assert.ok(await total(page) > 5000);
  await type(page, 'zebra');
  await page.waitForFunction(() => document.querySelector('.hit mark')?.textContent === 'zebra'); // "zeb" finds it too
  assert.ok((await page.textContent('.status')).startsWith('1 message'));
  assert.equal(await hits(page).count(), 1);
  assert.match(await hits(page).textContent(), /Bash output/);
  assert.equal((await state(page)).get('q'), 'zebra');
  await page.done();
});

test('an older answer never replaces a newer one', async () => {
  const page = await open();
  await total(page);
  let cameLate;
  const late = new Promise((resolve) => { cameLate = resolve; });
  await page.route(/search\?.*q=w(&|$)/, async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 700); });
    await route.continue().catch(() => {});
    cameLate();
  });
  const asked = page.waitForRequest(/search\?.*q=w(&|$)/);
  await type(page, 'w');
  await asked;
  await type(page, 'ombat');
  await page.waitForFunction(() => document.querySelector('.hit mark')?.textContent.toLowerCase() === 'wombat');
  const n = await total(page);
  await late;
  await calm(page, 500);
  assert.equal(await total(page), n);
  assert.ok((await page.textContent('.hit mark')).toLowerCase().startsWith('wombat'));
  await page.done();
});

test('a wrong query is told at its place, and the last results stay', async () => {
  const page = await open('#/search?q=zebra');
  await total(page);
  page.expected = /400/;
  await page.fill('#q', 'zebra "open end');
  await page.waitForSelector('#query-error');
  assert.equal(await page.getAttribute('#q', 'aria-invalid'), 'true');
  assert.equal(await page.textContent('.fault'), '"open');
  assert.equal(await page.textContent('.fault-line'), 'zebra "open end');
  assert.equal(await hits(page).count(), 1);
  await page.fill('#q', 'zebra');
  await page.waitForSelector('#query-error', { state: 'detached' });
  await page.done();
});

test('names and values of qualifiers are suggested', async () => {
  const page = await open();
  await total(page);
  await type(page, 'ro');
  await page.waitForSelector('#box-options:not([hidden])');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.getAttribute('#q', 'aria-activedescendant'), 'box-option-0');
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue('#q'), 'role:');
  await page.keyboard.type('us');
  await page.click('.option >> text=role:user');
  assert.equal(await page.inputValue('#q'), 'role:user ');
  await page.keyboard.type('tool:Gl');
  await page.waitForSelector('.option >> text=tool:Glob');
  await page.done();
});

test('values are suggested where one typed before they were there', async () => {
  const page = await open('#/sessions');
  await page.waitForSelector('.session-row');
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(/facets=tool%2Cproject/, async (route) => {
    await held;
    await route.continue();
  });
  await type(page, 'tool:Gl');
  await page.waitForTimeout(100);
  assert.ok(await page.locator('#box-options').isHidden());
  release();
  await page.waitForSelector('.option >> text=tool:Glob');
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#box-options').isHidden());
  await page.done();
});

test('recent searches are offered in an empty box', async () => {
  const page = await open();
  await total(page);
  await type(page, 'numbat');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.classList.contains('hit-link'));
  await page.keyboard.press('/');
  await page.fill('#q', '');
  await page.waitForSelector('.option >> text=numbat');
  await page.done();
});

test('facets include and exclude by a click, with counts that fit', async () => {
  const page = await open('#/search?q=step');
  const all = await total(page);
  const edit = page.locator('.facet-value', { hasText: /^Bash/ });
  await edit.click();
  assert.equal((await state(page)).get('q'), 'step tool:Bash');
  await page.waitForFunction((n) => !document.querySelector('.status').textContent.replaceAll(',', '').startsWith(`${n} `), all);
  const some = await total(page);
  const want = await ask('search?q=step%20tool:Bash&limit=0');
  assert.equal(some, want.total.value);
  await page.locator('.facet-row', { hasText: /^Bash/ }).locator('.facet-not').click();
  assert.equal((await state(page)).get('q'), 'step -tool:Bash');
  await page.waitForFunction((n) => !document.querySelector('.status').textContent.replaceAll(',', '').startsWith(`${n} `), some);
  assert.equal(await total(page), all - some);
  await page.goBack();
  await page.goBack();
  assert.equal((await state(page)).get('q'), 'step');
  await page.done();
});

test('a second value of a facet can be taken beside the first', async () => {
  const page = await open('#/search');
  const row = (name) => page.locator('.facet-value', { hasText: new RegExp(`^${name}`) });
  await row('Bash').click();
  await page.waitForFunction(() => document.querySelector('.facet-row.on .facet-count'));
  await calm(page, 600);
  const edits = (await ask('search?q=tool:Edit&limit=0')).total.value;
  assert.equal(await row('Edit').locator('.facet-count').getAttribute('title'), edits.toLocaleString('en-US'));
  await row('Edit').click();
  assert.equal((await state(page)).get('q'), 'tool:Bash,Edit');
  const both = (await ask('search?q=tool:Bash,Edit&limit=0')).total.value;
  await status(page, new RegExp(`^${both.toLocaleString('en-US')} `));
  await page.done();
});

test('a range dragged on the histogram narrows the search', async () => {
  const page = await open('');
  const all = await total(page);
  await page.waitForSelector('.bars');
  const box = await page.locator('.bars').boundingBox();
  await page.mouse.move(box.x + box.width * 0.55, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.99, box.y + 20, { steps: 5 });
  await page.mouse.up();
  const q = (await state(page)).get('q');
  assert.match(q, /^since:\d{4}-\d\d-\d\d\S* until:\d{4}-\d\d-\d\d/);
  await page.waitForFunction((n) => !document.querySelector('.status').textContent.replaceAll(',', '').startsWith(`${n} `), all);
  assert.ok(await total(page) < all);
  await page.done();
});

test('hits can be grouped by session and opened out', async () => {
  const page = await open('#/search?q=step&group=session');
  const all = await total(page);
  const want = await ask('search?q=step&group=session&limit=10');
  assert.equal(all, want.total.value);
  assert.equal(await page.locator('.more-of').count(), want.hits.filter((hit) => hit.count > 1).length);
  await page.click('.more-of button');
  await page.waitForFunction(() => document.querySelectorAll('.more-of .hit-body').length > 10);
  await page.done();
});

test('scrolling brings thousands of hits and keeps the document small', async () => {
  const page = await open('#/search?q=step');
  const all = await total(page);
  let rows = 0;
  const known = () => Number(document.querySelector('.hit')?.getAttribute('aria-setsize') ?? 0);
  while (rows < Math.min(all, 1500)) {
    await page.evaluate(() => { document.querySelector('.results').scrollTop += 1e6; });
    await page.waitForFunction((n) => Number(document.querySelector('.hit')?.getAttribute('aria-setsize') ?? 0) > n, rows);
    rows = await page.evaluate(known);
  }
  assert.ok(await page.locator('.hit').count() < 80);
  await page.done();
});

test('back, forward and reload lead to the same results', async () => {
  const page = await open('#/search?q=zebra&case=sensitive');
  await total(page);
  assert.equal(await page.getAttribute('[aria-label="Match case"]', 'aria-pressed'), 'true');
  await page.click('[aria-label="Whole words"]');
  assert.equal((await state(page)).get('word'), 'true');
  await page.selectOption('[aria-label="Sort by"]', 'oldest');
  assert.equal((await state(page)).get('sort'), 'oldest');
  await page.reload();
  await status(page, /^1 message/);
  assert.equal(await page.inputValue('#q'), 'zebra');
  assert.equal(await page.inputValue('[aria-label="Sort by"]'), 'oldest');
  await page.goBack();
  await page.goBack();
  assert.equal((await state(page)).get('word'), null);
  await page.goForward();
  assert.equal((await state(page)).get('word'), 'true');
  await page.done();
});

test('back leads the box too, with the focus in it', async () => {
  const page = await open('#/search?q=zebra');
  await status(page, /^1 message/);
  await page.focus('#q');
  await page.fill('#q', 'numbat');
  await page.waitForFunction(() => /numbat/i.test(document.querySelector('.hit mark')?.textContent ?? ''));
  await page.goBack();
  await status(page, /^1 message/);
  assert.equal(await page.inputValue('#q'), 'zebra');
  await page.done();
});

test('case and whole words hold in every view, and in the session a hit opens', async () => {
  const page = await open('#/search?q=PLATYPUS&case=sensitive');
  await status(page, /^0 messages/);
  await page.click('.tab >> text=Sessions');
  await status(page, /^0 sessions/);
  await page.click('[aria-label="Match case"]');
  await status(page, /^1 session/);
  assert.match(await page.evaluate(() => location.hash), /^#\/sessions\?q=PLATYPUS$/, 'one stays in the view');
  await page.click('[aria-label="Whole words"]');
  await page.click('.tab >> text=Overview');
  await page.waitForFunction(() => document.querySelector('.tile')?.title === '1');
  await page.fill('#q', 'PLATYPU');
  await page.waitForSelector('.note >> text=No message');
  await page.fill('#q', 'platypus');
  await page.waitForFunction(() => document.querySelector('.tile')?.title === '1');
  await page.click('.tile >> text=messages');
  await status(page, /^1 message/);
  assert.equal((await state(page)).get('word'), 'true');
  await hits(page).first().click();
  await page.waitForFunction(() => document.querySelector('.find-place')?.textContent === '1 of 1');
  await page.fill('.find-input', 'platypu');
  await page.waitForFunction(() => document.querySelector('.find-place').textContent === 'no match');
  await page.click('[aria-label="Whole words"]');
  await page.waitForFunction(() => document.querySelector('.find-place').textContent.endsWith('1'));
  await page.reload();
  await page.waitForFunction(() => document.querySelector('.find-place')?.textContent.endsWith('1'));
  assert.equal(await page.inputValue('.find-input'), 'platypu');
  await page.done();
});

test('facets and histogram come although one looked at a hit before they were there', async () => {
  const page = await open();
  await total(page);
  const held = [];
  await page.route(/timeseries|facets=project%2Crole/, (route) => held.push(route));
  await page.fill('#q', 'wombat');
  await page.waitForFunction(() => document.querySelector('.hit mark')?.textContent === 'wombat');
  await hits(page).first().click();
  await page.waitForSelector('.row.target');
  await page.unroute(/timeseries|facets=project%2Crole/);
  for (const route of held) await route.abort().catch(() => {});
  const asked = page.waitForResponse((r) => /timeseries.*q=wombat/.test(r.url()));
  await page.goBack();
  await status(page, /message/);
  await asked;
  await page.waitForSelector('.bars');
  await page.done();
});

for (const [view, sign] of [['sessions', '.session-row'], ['overview', '.figures'], ['live', '.hit']]) {
  test(`a wrong query is told at its place in ${view} too, and what was there stays`, async () => {
    const page = await open(`#/${view}?q=wombat`);
    await page.waitForSelector(sign);
    page.expected = /400/;
    await page.focus('#q');
    await page.fill('#q', 'wombat "open');
    await page.waitForSelector('#query-error');
    assert.equal(await page.textContent('.fault'), '"open');
    assert.ok(await page.locator(sign).count() > 0);
    await page.fill('#q', 'wombat');
    await page.waitForSelector('#query-error', { state: 'detached' });
    assert.equal(await page.locator('.stale').count(), 0);
    await page.done();
  });
}

test('where nothing matches, what may be left out is offered with what comes then', async () => {
  const page = await open('#/search?q=zebra+tool:Grep+nothinglikethis');
  await page.waitForSelector('.note >> text=No message matches');
  await calm(page);
  assert.equal(await page.locator('.ways a').count(), 0, 'no single condition is to blame');
  await page.fill('#q', 'zebra tool:Grep');
  await page.waitForSelector('.ways');
  const grep = (await ask('search?q=tool:Grep&limit=0')).total.value;
  assert.deepEqual(await page.locator('.ways a').allTextContents(), [`zebra ${grep} messages`, 'tool:Grep 1 message']);
  await page.click('.ways a >> text=tool:Grep');
  await status(page, /^1 message/);
  assert.equal((await state(page)).get('q'), 'zebra');
  await page.done();
});

test('case or whole words are offered up where they are what hides the matches', async () => {
  const page = await open('#/search?q=PLATYPUS&case=sensitive&word=true');
  await page.click('.ways a >> text=match case');
  await status(page, /^1 message/);
  assert.equal(await page.getAttribute('[aria-label="Match case"]', 'aria-pressed'), 'false');
  await page.done();
});

test('the box is cleared by one tap and keeps the focus', async () => {
  const page = await open('', { size: 'narrow', context: { hasTouch: true } });
  const all = await total(page);
  assert.ok(await page.locator('.box-clear').isHidden());
  await page.tap('#q');
  await page.fill('#q', 'zebra');
  await status(page, /^1 message/);
  await page.tap('.box-clear');
  await page.waitForFunction((n) => document.querySelector('.status').textContent.replaceAll(',', '').startsWith(`${n} `), all);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  assert.ok(await page.locator('.box-clear').isHidden());
  await page.done();
});

test('long paths among the suggestions keep their ends', async () => {
  const page = await open('', { size: 'narrow' });
  await total(page);
  await page.fill('#q', 'project:/home');
  await page.waitForSelector('.option');
  const ends = await page.locator('.option .path-base').evaluateAll((all) => all.map((n) => [n.textContent, n.scrollWidth <= n.clientWidth]));
  assert.ok(ends.some(([text]) => text === '/ada/parser'), JSON.stringify(ends));
  assert.ok(ends.every(([, whole]) => whole));
  await page.done();
});

test('no match and no service are told calmly', async () => {
  const page = await open('#/search?q=nothinglikethis');
  await page.waitForSelector('.note >> text=No message matches');
  page.expected = /Failed to load|ERR_FAILED/;
  await page.route(/\/search\?/, (route) => route.abort());
  await page.fill('#q', 'zebra');
  await page.waitForSelector('.note >> text=No connection');
  await page.unroute(/\/search\?/);
  await page.click('text=Try again');
  await status(page, /^1 message/);
  await page.done();
});

test('a service that was away is noticed when it is back', async () => {
  const page = await open('#/search?q=zebra');
  await status(page, /^1 message/);
  page.expected = /Failed to load|ERR_FAILED/;
  await page.route(/\/(search\?|livez)/, (route) => route.abort());
  await page.fill('#q', 'numbat');
  await page.waitForSelector('.note >> text=No connection');
  await page.unroute(/\/(search\?|livez)/);
  await page.waitForFunction(() => /numbat/i.test(document.querySelector('.hit mark')?.textContent ?? ''));
  await page.done();
});

test('while the first index is built a search that waits tells how far it is', async () => {
  const page = await open('#/search?q=zebra');
  await status(page, /^1 message/);
  page.expected = /503/;
  await page.route(/readyz/, (route) => route.fulfill({
    status: 503, contentType: 'application/problem+json', body: '{"title":"Not ready","status":503,"code":"not_ready","progress":0.374}',
  }));
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route(/\/search\?/, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await page.fill('#q', 'numbat');
  await status(page, /37 %/);
  release();
  await status(page, /^\d+ messages/);
  await page.done();
});

test('a reload answered from the cache keeps the page whole', async () => {
  const page = await open('#/search?q=zebra');
  await total(page);
  for (let n = 0; n < 2; n += 1) {
    await page.reload();
    await status(page, /^1 message/);
  }
  await page.done();
});

test('a service that does not know the time zone is asked without', async () => {
  const page = await open();
  page.expected = /400/;
  await page.route(/tz=/, (route) => route.fulfill({
    status: 400, contentType: 'application/problem+json', body: '{"title":"Bad","status":400,"errors":[{"parameter":"tz","reason":"unknown","position":null}]}',
  }));
  await page.reload();
  assert.ok(await total(page) > 5000);
  await page.done();
});

test('the theme can be switched and is remembered', async () => {
  const page = await open();
  await total(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor);
  const light = await background();
  await page.click('[aria-label^="Theme"]');
  await page.click('[aria-label^="Theme"]');
  assert.notEqual(await background(), light);
  const dark = await background();
  await page.reload();
  await total(page);
  assert.equal(await background(), dark);
  await page.done();
});
