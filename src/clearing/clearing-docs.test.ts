import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../base/root.ts';
import { CLEARING_MOVES } from './clearing.ts';

const text = readFileSync(join(rootDir, 'docs/clearing.md'), 'utf8');

test('docs/clearing.md has every state with what it may come from', () => {
  const told = [...text.matchAll(/^\| `(\w+)` \| ([^|]*) \| [^|]+ \|$/gm)]
    .map(([, state, from]): [string, string[]] => [
      state ?? '',
      [...(from ?? '').matchAll(/`(\w+)`/g)].map((one) => one[1] ?? ''),
    ])
    .filter(([state]) => state in CLEARING_MOVES);
  expect(Object.fromEntries(told)).toEqual(CLEARING_MOVES);
});

test('docs/clearing.md has every kind and cause of a break', () => {
  const source = readFileSync(join(rootDir, 'src/clearing/clearing.ts'), 'utf8');
  const wordsOf = (start: string): string[] => {
    const part = source.slice(source.indexOf(start)).split(';')[0] ?? '';
    return [...part.matchAll(/'(\w+)'/g)].map((one) => one[1] ?? '').sort();
  };
  const table = [...(text.split('## Break')[1] ?? '').matchAll(/^\| `(\w+)` \| `(\w+)` \|/gm)];
  const column = (index: 1 | 2): string[] => table.map((row) => row[index] ?? '').sort();
  expect([...new Set(column(1))]).toEqual(wordsOf('CLEARING_BREAK_KINDS = ['));
  expect(column(2)).toEqual(wordsOf('type ClearingCause'));
});
