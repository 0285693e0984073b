import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rootDir } from '../../base/root.ts';
import { readOrder, readRefund } from './parse.ts';
import { orderOutcome, refundOutcome } from './translate.ts';

const [ORDER_LINE = '', REFUND_LINE = ''] = vectorLines();
const DISCOUNT = {
  walletOfferId: '9900000001',
  name: '立减',
  scope: 'order',
  minor: 511n,
  prefunded: false,
  parts: [{ funder: 'wallet', owner: null, minor: 200n }],
};
const TOLD = {
  kind: 'succeeded',
  amount: { currency: 'CNY', minor: 1234n },
  buyerPaid: { currency: 'CNY', minor: 723n },
  discounts: [DISCOUNT],
};

/** The block of the protocol's page, an object a line. */
function vectorLines(): string[] {
  const page = readFileSync(join(rootDir, 'docs', 'open-wallet-protocol.md'), 'utf8');
  const block = /<!-- vector: discounts -->\n```\n([^`]+)\n```/.exec(page)?.[1] ?? '';
  return block.split('\n');
}

function order(change: object) {
  const members: object = JSON.parse(ORDER_LINE);
  const shown = readOrder({ ...members, ...change });
  if (shown === null) throw new Error('not an order');
  return orderOutcome(shown);
}

test('the vector of the protocol’s page is read: 511 against 200, and what the buyer paid', () => {
  expect(order({})).toMatchObject(TOLD);
  const refund = readRefund(JSON.parse(REFUND_LINE));
  if (refund === null) throw new Error('not a refund');
  expect(refundOutcome(refund)).toMatchObject(TOLD);
});

const amount = (minor: string) => ({ currency: 'CNY', minor });
const told = { id: null, name: null, scope: 'item', amount: amount('5'), prefunded: true, parts: [] };

test('an offer may have no number and no name, and funders that came later are somebody else', () => {
  const parts = [{ funder: 'state', owner: 'e-CNY', amount: amount('5') }];
  expect(order({ discounts: [{ ...told, parts }] })).toMatchObject({
    discounts: [
      {
        walletOfferId: '',
        name: '',
        scope: 'item',
        prefunded: true,
        parts: [{ funder: 'other', owner: 'e-CNY', minor: 5n }],
      },
    ],
  });
});

test.each([
  ['no list', 'five'],
  ['no object in it', [5]],
  ['an amount that is a number', [{ ...told, amount: { currency: 'CNY', minor: 5 } }]],
  ['another currency', [{ ...told, amount: { currency: 'HKD', minor: '5' } }]],
  ['a scope that is not documented', [{ ...told, scope: 'shop' }]],
  ['prefunded neither true nor false', [{ ...told, prefunded: 'yes' }]],
  ['no parts', [{ ...told, parts: undefined }]],
  ['a part without an amount', [{ ...told, parts: [{ funder: 'wallet' }] }]],
  ['too many', Array.from({ length: 21 }, () => told)],
])('discounts with %s make no payment unknown', (_what, discounts) => {
  const outcome = order({ discounts });
  expect(outcome).toMatchObject({ kind: 'succeeded', facts: { discounts: 'unreadable' } });
  expect(outcome).not.toHaveProperty('discounts');
});

test('an order without them says nothing', () => {
  const outcome = order({ discounts: undefined, buyer_paid: undefined });
  expect(outcome).not.toHaveProperty('discounts');
  expect(outcome).not.toHaveProperty('buyerPaid');
});
