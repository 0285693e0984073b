import { expect, test } from 'vitest';
import { codeIn, numbersIn, read, sectionUnder, tableUnder } from '../../test/doc-pages.ts';
import * as limits from '../base/limits.ts';
import { readPrefixes } from './import-prefixes.ts';

/* docs/cards.md is compared with the code. */

const page = read('docs/cards.md');
const figures = (heading: string): number[] =>
  tableUnder(page, heading).map(([, figure]) => numbersIn(figure)[0] ?? Number.NaN);

test('how many failures a day', () => {
  expect(figures('Failures')).toEqual([
    limits.CARD_FAILURES_PER_PERSON_DAY_MAX,
    limits.CARD_FAILURES_PER_NUMBER_DAY_MAX,
    limits.CARD_FAILURES_PER_DEVICE_DAY_MAX,
    limits.CARD_TRIES_PER_PERSON_DAY_MAX,
  ]);
  expect(sectionUnder(page, 'Failures')).toContain(`at most ${limits.CARDS_PER_PERSON_MAX} cards`);
});

test('how often a bank is asked for a balance', () => {
  expect(figures('Balances')).toEqual([
    limits.CARD_BALANCE_KEPT_SECONDS,
    limits.CARD_BALANCE_ASKS_PER_DAY_MAX,
    limits.CARD_BALANCE_DEADLINE_MS / 1000,
  ]);
});

test('how long things are kept', () => {
  expect(page).toContain(`destroyed ${limits.CARD_NUMBER_KEPT_HOURS} hours later`);
  expect(limits.CARD_REQUEST_SECONDS).toBe(600);
  expect(page).toContain(`up to ${limits.VAULT_KEYS_KEPT_MAX.toLocaleString('en')} unwrapped data keys`);
  expect(page).toContain(`${limits.VAULT_REWRAP_ITEMS} at a time`);
  expect(page).toContain(`up to ${limits.CARD_ALIAS_CHARS_MAX} letters`);
});

test('the example of an operator’s table can be imported, and its columns are those of the page', () => {
  const [, csv = ''] = /```csv\n([^`]+)```/.exec(page) ?? [];
  expect(readPrefixes(csv)).toMatchObject({ rows: [{ bank: 'SPDB' }, { bank: 'ABC', hasLuhn: true }], wrong: [] });
  const columns = tableUnder(page, 'Which bank').map(([column = '']) => codeIn(column));
  expect(csv.split('\n')[0]).toBe(columns.join(','));
});
