import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeIn, root, tableUnder } from '../../test/doc-pages.ts';
import * as limits from '../base/limits.ts';
import { PROOF_LEVELS } from './proof-levels.ts';

/* docs/people.md is compared with the code: when a test here fails, one of the two is wrong. */

const page = readFileSync(join(root, 'docs/people.md'), 'utf8');

test('the page has the figures that count', () => {
  const known = new Map(Object.entries(limits));
  for (const [name = '', value] of tableUnder(page, 'Figures'))
    expect([name, value]).toEqual([name, String(known.get(codeIn(name)))]);
});

test('the page has the levels that count', () => {
  const shown = tableUnder(page, 'How much has to be proved').map(([act = '', from, level = '']) => [
    codeIn(act),
    `${from}00`,
    codeIn(level),
  ]);
  const real = Object.entries(PROOF_LEVELS).flatMap(([kind, rows]) =>
    rows.map(({ fromMinor, level }) => [kind, fromMinor === 0n ? '000' : String(fromMinor), level]),
  );
  expect(shown).toEqual(real);
});
