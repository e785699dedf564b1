/** axe finds nothing serious in any view, light, dark or narrow. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { SESSIONS } from './fixture.mjs';
import { calm, open } from './support.mjs';

const VIEWS = [
  ['start', '', '.hit'],
  ['search', '#/search?q=step+tool:Bash+-role:user', '.hit'],
  ['groups', '#/search?q=step&group=session', '.hit'],
  ['nothing', '#/search?q=nothinglikethis', '.note'],
  ['fault', '#/search?q=%22open', '.query-error', /400/],
  ['session', `#/session?id=${SESSIONS.tour}&find=sealer`, '.card'],
  ['sessions', '#/sessions', '.session-row'],
  ['overview', '#/overview', '.chart canvas'],
  ['live', '#/live', '.hit.earlier'],
];
const LOOKS = [['light', 'wide'], ['dark', 'wide'], ['light', 'narrow']];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function audit(page, label) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const bad = violations.filter((v) => ['serious', 'critical', 'moderate'].includes(v.impact));
  assert.deepEqual(bad.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.any[0]?.message ?? ''}`).join(' | ')}`), [], label);
}

for (const [scheme, size] of LOOKS) {
  for (const [name, hash, sign, expected] of VIEWS) {
    test(`axe: ${name}, ${scheme}, ${size}`, async () => {
      const page = await open(hash, { scheme, size, expected });
      await page.waitForSelector(sign);
      await calm(page);
      await audit(page, name);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, 'nothing sticks out sideways');
      await page.done();
    });
  }
  test(`axe: help and open suggestions, ${scheme}, ${size}`, async () => {
    const page = await open('#/search', { scheme, size });
    await page.waitForSelector('.hit');
    await page.fill('#q', 'ro');
    await page.waitForSelector('.option');
    await audit(page, 'suggestions');
    await page.click('[aria-label="Help"]');
    await page.waitForSelector('dialog[open]');
    await audit(page, 'help');
    await page.done();
  });
}

test('with reduced motion nothing moves by itself', async () => {
  const page = await open('#/live', { context: { reducedMotion: 'reduce' } });
  await page.waitForSelector('.dot');
  const running = await page.evaluate(() => document.getAnimations().filter((a) => a.playState === 'running').length);
  assert.equal(running, 0);
  await page.done();
});
