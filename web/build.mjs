/**
 * Build the page: `node build.mjs [OUT]` (default: dist beside this file).
 *
 * OUT gets index.html, favicon.svg and assets/ with hashed names, and beside each text file a
 * `.gz` twin. The folder is served as it stands, at the paths it has. Fails when the whole
 * page is larger than its budget.
 */

import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** All of it, gzipped: what a first visit may cost. */
export const BUDGET = 250 * 1024;

async function bundle(out, plugins) {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: { app: 'js/main.js', theme: 'js/theme.js', style: 'css/style.css' },
    entryNames: 'assets/[name]-[hash]',
    chunkNames: 'assets/[name]-[hash]',
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'linked',
    charset: 'utf8',
    metafile: true,
    logLevel: 'warning',
    plugins,
  });
  const names = {};
  for (const [file, info] of Object.entries(result.metafile.outputs)) {
    if (info.entryPoint) names[info.entryPoint] = path.relative(out, path.resolve(HERE, file)).replaceAll('\\', '/');
  }
  return names;
}

async function writePage(out, names) {
  let page = await readFile(path.join(HERE, 'index.html'), 'utf8');
  const used = { 'js/main.js': '%app%', 'js/theme.js': '%theme%', 'css/style.css': '%style%' };
  for (const [entry, mark] of Object.entries(used)) {
    if (!names[entry] || !page.includes(mark)) throw new Error(`index.html and the bundle disagree on ${entry}`);
    page = page.replaceAll(mark, names[entry]);
  }
  await writeFile(path.join(out, 'index.html'), page);
  await writeFile(path.join(out, 'favicon.svg'), await readFile(path.join(HERE, 'favicon.svg')));
}

/** Write the `.gz` twins; return the total of the compressed sizes. */
async function compress(out) {
  let total = 0;
  for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.gz')) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const packed = gzipSync(await readFile(file), { level: 9 });
    packed[9] = 255; // the byte that names the operating system: the same everywhere
    await writeFile(`${file}.gz`, packed);
    total += packed.length;
  }
  return total;
}

/**
 * Build into `out`, which is emptied first.
 * @param {string} out
 * @param {import('esbuild').Plugin[]} [plugins] for the tests that replace a part
 * @returns {Promise<{bytes: number, hash: string}>} gzipped size of all, and a hash of index.html
 */
export async function buildPage(out, plugins = []) {
  await mkdir(out, { recursive: true });
  // Emptied, not replaced: a running service may have been allowed this very folder.
  for (const name of await readdir(out)) await rm(path.join(out, name), { recursive: true, force: true });
  await writePage(out, await bundle(out, plugins));
  const bytes = await compress(out);
  const hash = createHash('sha256').update(await readFile(path.join(out, 'index.html'))).digest('hex');
  return { bytes, hash };
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const out = path.resolve(process.argv[2] ?? path.join(HERE, 'dist'));
  const { bytes } = await buildPage(out);
  console.log(`page: ${(bytes / 1024).toFixed(1)} KB gzipped of ${BUDGET / 1024} KB, in ${out}`);
  if (bytes > BUDGET) {
    console.error('page: larger than its budget');
    process.exitCode = 1;
  }
}
