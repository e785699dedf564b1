/**
 * What the page asks of a browser: nothing that came after 2022. Bundling makes syntax fit, not methods; Debian
 * 12's Node.js 18 and browsers of that age have none of these.
 */
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const PAGE = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../web/js');
const TOO_YOUNG = new RegExp([
  String.raw`\.to(Spliced|Sorted|Reversed)\(`, // arrays, 2023
  String.raw`\b(Object|Map)\.groupBy\(`, 'Array\\.fromAsync\\(', 'Promise\\.(withResolvers|try)\\(',
  'AbortSignal\\.any\\(', 'URL\\.(canParse|parse)\\(', String.raw`\.(is|to)WellFormed\(`,
  String.raw`\.(union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(`, // sets, 2024
  'Iterator\\.from\\(', 'RegExp\\.escape\\(',
].join('|'));

function* modules(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* modules(file);
    else if (/\.m?js$/.test(entry.name)) yield file;
  }
}

test('the pattern knows what it is to find', () => {
  for (const line of ['a.toSpliced(1, 1)', 'AbortSignal.any([a, b])', 'Object.groupBy(a, f)']) assert.match(line, TOO_YOUNG);
  for (const line of ['a.splice(1, 1)', 'Object.hasOwn(a, b)', 'x.findLast(f)']) assert.doesNotMatch(line, TOO_YOUNG);
});

test('no module asks for a method that a browser of 2022 has not', () => {
  const found = [];
  let seen = 0;
  for (const file of modules(PAGE)) {
    seen++;
    readFileSync(file, 'utf8').split('\n').forEach((line, i) => {
      const young = TOO_YOUNG.exec(line);
      if (young) found.push(`${path.relative(PAGE, file)}:${i + 1}: ${young[0]}`);
    });
  }
  assert.ok(seen > 20);
  assert.deepEqual(found, []);
});
