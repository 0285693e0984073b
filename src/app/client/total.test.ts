import { describe, expect, test } from 'vitest';
import type { Balance, Card } from '../api.ts';
import { addUp } from './total.ts';

const card = (id: string, kind: Card['kind']): Card => ({
  card_id: id,
  bank: 'ICBC',
  bank_name: { 'zh-CN': '工商银行', en: 'ICBC' },
  kind,
  last4: '0001',
  alias: '',
  is_default: false,
  colours: ['#c8102e', '#8f0b20'],
  bound_at: '2026-11-01T00:00:00Z',
});
const balance = (id: string, part: Partial<Balance>): [string, Balance] => [
  id,
  {
    card_id: id,
    state: 'answered',
    at: '2026-11-23T10:00:00Z',
    is_cached: false,
    ledger: null,
    available: null,
    bill: null,
    last_at: null,
    reason: null,
    ...part,
  },
];
const yuan = (minor: string) => ({ currency: 'CNY' as const, minor });
const bill = (minor: string, due_day: string) => ({
  amount: yuan(minor),
  minimum: yuan('0'),
  due_day,
  billed_day: '2026-11-10',
});

describe('one total over all cards', () => {
  test('only what banks have said now is added; what one said before is not', () => {
    const cards = [card('a', 'debit'), card('b', 'debit'), card('c', 'debit')];
    const total = addUp(
      cards,
      new Map([
        balance('a', { available: yuan('100') }),
        balance('b', { state: 'unknown', available: yuan('99999'), last_at: '2026-11-22T10:00:00Z' }),
      ]),
    );
    expect(total).toMatchObject({ fen: 100n, answered: 1, debitCards: 3 });
    expect(total.missing.map(({ card_id }) => card_id)).toEqual(['b']);
    expect(total.waiting.map(({ card_id }) => card_id)).toEqual(['c']);
  });

  test('a refused card is missing as well', () => {
    expect(addUp([card('a', 'debit')], new Map([balance('a', { state: 'refused' })])).missing).toHaveLength(1);
  });

  test('credit cards are no money: their bills are added apart, with the nearest due day', () => {
    const cards = [card('a', 'debit'), card('b', 'credit'), card('c', 'credit'), card('d', 'semi_credit')];
    const total = addUp(
      cards,
      new Map([
        balance('a', { available: yuan('5000') }),
        balance('b', { available: yuan('900000'), bill: bill('300', '2026-12-05') }),
        balance('c', { available: yuan('900000'), bill: bill('200', '2026-12-01') }),
        balance('d', { available: yuan('900000'), bill: bill('0', '2026-11-25') }),
      ]),
    );
    expect(total).toMatchObject({ fen: 5000n, owedFen: 500n, nextDueDay: '2026-12-01', debitCards: 1 });
  });

  test('the oldest figure dates the sum', () => {
    const cards = [card('a', 'debit'), card('b', 'debit')];
    const total = addUp(
      cards,
      new Map([
        balance('a', { available: yuan('1'), at: '2026-11-23T10:00:09Z' }),
        balance('b', { available: yuan('1'), at: '2026-11-23T10:00:01Z', is_cached: true }),
      ]),
    );
    expect(total.oldestAt).toBe('2026-11-23T10:00:01Z');
  });
});
