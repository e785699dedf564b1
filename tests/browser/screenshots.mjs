/**
 * Pictures of every view over the shipped sample: `node screenshots.mjs DIR`.
 *
 * The clock of the page stands on the day after the sample's last message, so that the pictures
 * are the same whenever they are taken.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { serve, TOP } from './server.mjs';

const LOOKS = [
  ['light', { width: 1280, height: 800 }, 'light'], ['dark', { width: 1280, height: 800 }, 'dark'],
  ['narrow', { width: 360, height: 740 }, 'light'], ['narrow-dark', { width: 360, height: 740 }, 'dark'],
];
const SETTLE_MS = 500;

/** The views: name, address (from what the sample holds), sign that it is there, what to do first. */
function views({ hit, sub, session }) {
  const at = (h, find) => `#/session?id=${h.session}&at=${h.id}${h.agent ? `&agent=${h.agent}` : ''}${find ? `&find=${find}` : ''}`;
  return [
    ['start', '#/search', '.hit'],
    ['search', '#/search?q=test', '.hit mark'],
    ['facets', '#/search?q=tool:Bash,Edit+-role:user', '.hit', async (page) => {
      if (await page.locator('.only-narrow').first().isVisible()) await page.click('.only-narrow');
    }],
    ['groups', '#/search?q=test&group=session', '.more-of'],
    ['error', '#/search?q=test+%22open+end', '.query-error'],
    ['suggest', '#/search', '.hit', async (page) => {
      await page.fill('#q', 'tool:');
      await page.waitForSelector('.option');
    }],
    ['session', `#/session?id=${session}`, '.card'],
    ['hit', at(hit, 'test'), '.row.target'],
    ...(sub ? [['agent', at(sub), '.row.target']] : []),
    ['sessions', '#/sessions', '.session-row'],
    ['overview', '#/overview', '.chart canvas'],
    ['live', '#/live', '.status strong'],
    ['help', '#/search', '.hit', async (page) => {
      await page.click('[aria-label="Help"]');
      await page.waitForSelector('dialog[open]');
    }],
  ];
}

async function sample(url) {
  const ask = async (query) => (await fetch(`${url}/${query}`)).json();
  const hit = (await ask('search?q=test&kind=reply&agent=none&limit=1')).hits[0];
  const sub = (await ask('search?agent=only&kind=reply&limit=1')).hits[0];
  const sessions = (await ask('sessions?sort=longest&limit=1')).sessions;
  const newest = (await ask('search?limit=1')).hits[0];
  return { hit, sub, session: sessions[0].id, now: Date.parse(newest.time) + 20 * 36e5 };
}

async function main(out) {
  mkdirSync(out, { recursive: true });
  const own = process.env.SCROLLBACK_URL ? null : await serve(path.join(TOP, 'sample/projects'));
  const url = process.env.SCROLLBACK_URL ?? own.url;
  const found = await sample(url);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] });
  let count = 0;
  for (const [look, viewport, colorScheme] of LOOKS) {
    for (const [name, hash, sign, act] of views(found)) {
      const context = await browser.newContext({ viewport, colorScheme, timezoneId: 'Europe/Berlin', locale: 'en-GB', reducedMotion: 'reduce' });
      const page = await context.newPage();
      await page.clock.setFixedTime(found.now);
      await page.goto(`${url}/${hash}`);
      await page.waitForSelector(sign, { timeout: 10e3 });
      await act?.(page);
      await page.waitForTimeout(SETTLE_MS);
      await page.screenshot({ path: path.join(out, `${name}-${look}.png`) });
      await context.close();
      count += 1;
    }
  }
  await browser.close();
  await own?.stop();
  console.log(`${count} pictures in ${out}`);
}

await main(path.resolve(process.argv[2]));
