/**
 * What all browser tests share: the server over generated transcripts, one browser, and pages
 * that watch themselves.
 */

import assert from 'node:assert/strict';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { writeFixture } from './fixture.mjs';
import { serve, tempDir } from './server.mjs';

export const root = tempDir('data');
writeFixture(root);

/** SCROLLBACK_URL tests a service that already runs over the fixture. */
const own = process.env.SCROLLBACK_URL ? null : await serve(root);
export const url = process.env.SCROLLBACK_URL ?? own.url;

export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
});

after(async () => {
  await browser.close();
  await own?.stop();
});

export const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };

/** What a page must never do, noted as it happens. */
function watch(page, origin) {
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !page.expected?.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`exception: ${error.stack}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob|about):/.test(request.url())) faults.push(`request off origin: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return faults;
}

/**
 * Open the page at an address of its own (`#/search?q=x`) in a fresh context.
 * The page gets `faults`, `expected` (console texts that a test provokes, also given to open()) and `done()`, which
 * fails on any fault and closes.
 */
export async function open(hash = '', { size = 'wide', scheme = 'light', at = url, context: more = {}, init, expected } = {}) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: scheme, timezoneId: 'Europe/Berlin', locale: 'en-GB', ...more });
  const page = await context.newPage();
  page.setDefaultTimeout(60e3); // it only ends what hangs
  page.expected = expected;
  page.faults = watch(page, at);
  await page.addInitScript(() => {
    window.__csp = [];
    document.addEventListener('securitypolicyviolation', (e) => window.__csp.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
  });
  if (init) await page.addInitScript(init);
  await page.goto(`${at}/${hash}`);
  page.done = async () => {
    const csp = await page.evaluate(() => window.__csp);
    await context.close();
    assert.deepEqual(csp, [], 'no report of the content security policy');
    assert.deepEqual(page.faults, [], 'a clean console, and no request off the origin');
  };
  return page;
}

/** Wait until the document has not changed for a while: whatever was on its way has been shown. */
export function calm(page, ms = 300) {
  return page.evaluate((quiet) => new Promise((resolve) => {
    const done = () => {
      watcher.disconnect();
      resolve();
    };
    let timer = setTimeout(done, quiet);
    const watcher = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(done, quiet);
    });
    watcher.observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  }), ms);
}

/** The text of the status line once it says something that fits. */
export async function status(page, pattern = /\d/) {
  await page.waitForFunction((p) => new RegExp(p).test(document.querySelector('.status')?.textContent ?? ''), pattern.source);
  return page.textContent('.status');
}

/** The number of messages the status line tells. */
export async function total(page) {
  return Number((await status(page, /\d+ (message|session)/)).replace(/,/g, '').match(/(\d+) /)[1]);
}

/** The state in the address as a URLSearchParams. */
export async function state(page) {
  const hash = await page.evaluate(() => location.hash);
  return new URLSearchParams(hash.split('?')[1] ?? '');
}

/** Type into the search box as a person does. */
export async function type(page, text) {
  await page.focus('#q');
  await page.keyboard.type(text, { delay: 15 });
}

export const hits = (page) => page.locator('.hit .hit-body');

/** An answer of the service itself, to compare with. */
export async function ask(path) {
  const response = await fetch(`${url}/${path}`);
  assert.equal(response.status, 200, path);
  return response.json();
}
