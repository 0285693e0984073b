import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readInlineStyle, readStyle, shorten } from './read-style.ts';
import { rootDir } from './root.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hutong-style-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, css: string): string {
  writeFileSync(join(dir, name), css);
  return join(dir, name);
}

describe('readStyle', () => {
  test('puts what a sheet imports in its place, however deep', () => {
    write('tokens.css', ':root { --ink: #111 }\n');
    write('looks.css', '@import "./tokens.css";\n* { margin: 0 }\n');
    const page = write('page.css', '/* A page. */\n@import "./looks.css";\nbody { color: var(--ink) }\n');
    expect(shorten(readStyle(page))).toBe(':root{--ink:#111}*{margin:0}body{color:var(--ink)}');
  });

  test('fails at the start where a sheet imports what is not there', () => {
    expect(() => readStyle(write('page.css', '@import "./gone.css";'))).toThrow(/ENOENT/);
  });
});

describe('shorten', () => {
  test.each([
    ['a comment goes', '/* Why. */ a { b: c; }', 'a{b:c}'],
    ['a space that means "within" stays', '.card :focus-visible { a: b }', '.card :focus-visible{a:b}'],
    ['sums keep their spaces', 'a { width: calc(100% - 24px) }', 'a{width:calc(100% - 24px)}'],
    [
      'conditions keep theirs',
      '@media (min-width: 9px) and (x) { a { b: c } }',
      '@media (min-width:9px) and (x){a{b:c}}',
    ],
  ])('%s', (_, css, short) => {
    expect(shorten(css)).toBe(short);
  });
});

describe('readInlineStyle', () => {
  test('keeps the tokens that change at night and are used, and places the others', () => {
    const css =
      ':root { --ink: #111; --gone: red; --round: 8px } @media (dark) { :root { --ink: #eee; --gone: blue } } a { color: var(--ink); border-radius: var(--round) }';
    expect(readInlineStyle(write('page.css', css)).css).toBe(
      ':root{--ink:#111;}@media (dark){:root{--ink:#eee;}}a{color:var(--ink);border-radius:8px}',
    );
  });
});

describe('the sheets of our pages', () => {
  const read = (folder: string): [string, string][] =>
    readdirSync(join(rootDir, folder))
      .filter((name) => name.endsWith('.css'))
      .map((name) => [name, readFileSync(join(rootDir, folder, name), 'utf8')]);
  const tokens = new Set(namesIn(readFileSync(join(rootDir, 'src/base/looks/tokens.css'), 'utf8')));
  const sheets = ['src/web/assets', 'src/console/assets', 'src/app/client/styles'].flatMap(read);

  test.each(sheets)('%s declares no token that all share', (_, css) => {
    expect(namesIn(css).filter((name) => tokens.has(name))).toEqual([]);
  });

  test.each(sheets)('%s uses no token that nobody declares', (_, css) => {
    const known = new Set([...tokens, ...sheets.flatMap(([, other]) => namesIn(other))]);
    const used = [...css.matchAll(/var\((--[a-z0-9-]+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  function namesIn(css: string): string[] {
    return [...css.matchAll(/(--[a-z0-9-]+):/g)].map(([, name = '']) => name);
  }
});
