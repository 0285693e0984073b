import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A sheet with everything that it imports in its place, so that a browser fetches one file. A sheet that is not there throws. */
export function readStyle(file: string): string {
  const own = readFileSync(file, 'utf8');
  return own.replace(/^@import "(\.[^"]+)";$/gm, (_, path: string) => readStyle(join(dirname(file), path)));
}

export interface InlineStyle {
  /** What stands between `<style>` and `</style>`. */
  css: string;
  /** What a Content-Security-Policy allows it by: `'sha256-…'`. */
  hash: string;
}

/** A sheet that is put into the page itself, as small as it can be: for pages that are opened once, where one answer is all there is to wait for. */
export function readInlineStyle(file: string): InlineStyle {
  const css = dropUnusedTokens(placeFixedTokens(shorten(readStyle(file))));
  return { css, hash: `'sha256-${createHash('sha256').update(css).digest('base64')}'` };
}

/** Without what only its readers need. The space before a colon stays: in a selector it means "within". */
export function shorten(css: string): string {
  return css
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim();
}

const DECLARED = /(--[a-z0-9-]+):([^;{}]+)(;|(?=\}))/g;

/** What is told once is the same by day and by night, so its value may stand where its name does. */
function placeFixedTokens(css: string): string {
  const declared = [...css.matchAll(DECLARED)].map(([, name = '', value = '']) => ({ name, value }));
  const fixed = declared.filter(({ name }) => declared.filter((other) => other.name === name).length === 1);
  return fixed.reduce((text, { name, value }) => text.replaceAll(`var(${name})`, value), css);
}

function dropUnusedTokens(css: string): string {
  return css.replace(DECLARED, (whole, name: string) => (css.includes(`var(${name})`) ? whole : ''));
}
