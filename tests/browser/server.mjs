/**
 * A scrollback of our own for the tests: data made in a new directory, a free port, nothing shared.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = path.dirname(fileURLToPath(import.meta.url));
export const TOP = path.resolve(HERE, '../..');
export const BINARY = process.env.SCROLLBACK_BIN ?? path.join(TOP, 'build/release/scrollback');

const START_MS = 120e3; // it only ends what hangs

/** A new directory under the system's temporary one, removed at exit. */
export function tempDir(name) {
  const dir = mkdtempSync(path.join(os.tmpdir(), `scrollback-${name}-`));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The address that the service says it listens on. */
async function listening(child, said) {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    const found = /^listening on (\S+)$/m.exec(said());
    if (found) return found[1];
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said()}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  throw new Error(`the server does not listen: ${said()}`);
}

async function ready(url, child, said) {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error(`the server was not ready in time: ${said()}`);
}

/**
 * Serve the transcripts under `root`.
 * @param {string} root
 * @param {string[]} [more] further arguments
 * @returns {Promise<{url: string, stop: () => Promise<void>}>}
 */
export async function serve(root, more = []) {
  const home = tempDir('home');
  const child = spawn(BINARY, ['serve', '--root', root, '--listen', '127.0.0.1:0', ...more], {
    env: { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: path.join(home, 'cache'), XDG_DATA_HOME: path.join(home, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { output = (output + data).slice(-4000); });
  process.on('exit', () => child.kill('SIGKILL'));
  const url = await listening(child, () => output);
  await ready(url, child, () => output);
  return {
    url,
    stop: () => new Promise((resolve) => {
      if (child.exitCode !== null) resolve();
      child.once('exit', resolve);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 5000).unref();
    }),
  };
}
