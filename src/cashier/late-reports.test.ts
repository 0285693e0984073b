import fc from 'fast-check';
import { expect, test } from 'vitest';
import { money } from '../money/money.ts';
import type { ReportedDiscount, SucceededOutcome, WalletName } from '../wallets/wallet.ts';
import { decideRefund } from './decide-refund.ts';
import { decideOutcome } from './decide-outcome.ts';
import type { Attempt, Refund, RefundId, ReportedPay, ReportSource } from './payment.ts';
import { reportedParts } from './offer-accounts.ts';
import { toTransfers } from './postings.ts';
import { settledAmount } from './settled-amount.ts';
import { buyerPaid, buyerReceived } from './show-discounts.ts';
import { tellCorrections } from './tell-corrections.ts';
import { failed, newRefund, paid, setUp } from './test-folder.ts';

/*
 * A payment of 10.00 whose wallet tells of its discounts whenever it likes, however often, with refunds in parts between. However it came to
 * it, the books are in the end those of a wallet that tells everything at once.
 */

const PAID = 1000n;
type Told = Pick<SucceededOutcome, 'discounts' | 'buyerPaid'>;

function openBooks(wallet: WalletName) {
  const one = setUp({}, [{ wallet }]);
  const { attempt, folder, clock, effects, payment } = one;
  const refunds: Refund[] = [];
  const copy = () => ({
    payment: { ...payment },
    attempts: folder.attempts.map((attempt) => ({ ...attempt })),
    refunds: refunds.map((refund) => ({ ...refund })),
  });
  /** As the cashier's one writer does every change: shops hear of what it made different. */
  const change = (decide: () => void): void => {
    clock.advanceMs(1);
    const before = copy();
    decide();
    tellCorrections(before, { ...folder, refunds }, effects.events);
  };
  const books = {
    attempt,
    refunds,
    effects,
    payment,
    tell(told: Told, source: ReportSource = 'poll') {
      change(() => decideOutcome(one.deps, { ...folder, refunds }, attempt, { ...paid, ...told }, source, effects));
    },
    /** Answers its place; a failed one takes nothing. */
    refund(minor: bigint, told: Told | 'fails'): Refund {
      const id: RefundId = `rf_01M83E1H4Q000ND8XG5P${String(refunds.length).padStart(3, '0')}Z00`;
      const refund: Refund = { ...newRefund(attempt, minor), id, wallet };
      attempt.refundingMinor += minor;
      attempt.orderBackMinor += minor;
      refunds.push(refund);
      effects.postings.push({ kind: 'refund_started', refund, from: 'payable' });
      if (told === 'fails') change(() => decideRefund(one.deps, attempt, refund, failed, 'poll', refunds, effects));
      else books.tellRefund(refund, told, 'reply');
      return refund;
    },
    tellRefund(refund: Refund, told: Told, source: ReportSource) {
      const outcome = { ...paid, amount: money('CNY', refund.amountMinor), ...told };
      change(() => decideRefund(one.deps, attempt, refund, outcome, source, refunds, effects));
    },
    /** Debits less credits of every account that is not even; all transfers are made at the end, as in one batch. */
    balances(): Map<bigint, bigint> {
      const sums = new Map<bigint, bigint>();
      const transfers = effects.postings.flatMap(toTransfers);
      expect(new Set(transfers.map(({ id }) => id)).size, 'each has an id of its own').toBe(transfers.length);
      for (const { debitAccountId, creditAccountId, amount } of transfers) {
        expect(amount > 0n).toBe(true);
        sums.set(debitAccountId, (sums.get(debitAccountId) ?? 0n) + amount);
        sums.set(creditAccountId, (sums.get(creditAccountId) ?? 0n) - amount);
      }
      return new Map([...sums].filter(([, minor]) => minor !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
  return books;
}

type Books = ReturnType<typeof openBooks>;

function toTold({ buyerMinor, discounts }: ReportedPay): Told {
  return { discounts, ...(buyerMinor === null ? {} : { buyerPaid: money('CNY', buyerMinor) }) };
}

/** The same payment at a wallet that tells with it what counts by now, and with each refund what counts of that. */
function toldAtOnce({ attempt, refunds }: Books): Books {
  const plain = openBooks(attempt.wallet);
  const { reported } = attempt;
  plain.tell(reported === null || reported.counts === null ? {} : toTold(reported));
  for (const { amountMinor, outcome, reported: ofRefund } of refunds) {
    const counted = ofRefund?.told[ofRefund.counts ?? -1];
    plain.refund(amountMinor, outcome === 'failed' ? 'fails' : counted === undefined ? {} : toTold(counted));
  }
  return plain;
}

const part = fc.record({
  funder: fc.constantFrom('merchant' as const, 'wallet' as const, 'bank' as const, 'other' as const),
  owner: fc.constant(null),
  minor: fc.bigInt(0n, 200n),
});
const discount = fc
  .record({ name: fc.constantFrom('A', 'B'), parts: fc.array(part, { maxLength: 3 }), gap: fc.bigInt(-60n, 60n) })
  .chain(({ name, parts, gap }) =>
    fc.boolean().map((prefunded): ReportedDiscount => {
      const minor = parts.reduce((sum, one) => sum + one.minor, gap);
      return { walletOfferId: name, name, scope: 'order', minor: minor < 0n ? 0n : minor, prefunded, parts };
    }),
  );
const ofPayment = fc.record({
  discounts: fc.array(discount, { maxLength: 2 }),
  buyer: fc.option(fc.bigInt(-20n, 1050n), { freq: 3 }),
});
/** In thousandths of the refund, so that some cannot be. */
const ofRefund = fc.option(fc.integer({ min: 500, max: 1010 }));
const source = fc.constantFrom<ReportSource>('notification', 'poll');
const step = fc.oneof(
  fc.record({ does: fc.constant('tell' as const), told: ofPayment, source }),
  fc.record({ does: fc.constant('repeat' as const), of: fc.nat(9), source }),
  fc.record({ does: fc.constant('refund' as const), share: fc.integer({ min: 1, max: 990 }), told: ofRefund }),
  fc.record({ does: fc.constant('fail' as const), share: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ does: fc.constant('tell refund' as const), of: fc.nat(9), told: ofRefund, source }),
);

function toRefundTold(minor: bigint, perMille: number | null): Told {
  return perMille === null ? {} : { buyerPaid: money('CNY', (minor * BigInt(perMille)) / 1000n) };
}

function take(books: Books, one: typeof step extends fc.Arbitrary<infer Step> ? Step : never, tolds: Told[]): void {
  const { attempt, refunds } = books;
  const leftMinor = attempt.paidMinor - attempt.refundedMinor;
  switch (one.does) {
    case 'tell': {
      const { discounts, buyer } = one.told;
      const told = { discounts, ...(buyer === null ? {} : { buyerPaid: money('CNY', buyer) }) };
      tolds.push(told);
      return books.tell(told, one.source);
    }
    case 'repeat': {
      const told = tolds[one.of % Math.max(tolds.length, 1)];
      return told === undefined ? undefined : books.tell(told, one.source);
    }
    case 'refund':
    case 'fail': {
      const minor = (leftMinor * BigInt(one.share)) / 1000n;
      if (minor > 0n) books.refund(minor, one.does === 'fail' ? 'fails' : toRefundTold(minor, one.told));
      return;
    }
    case 'tell refund': {
      const refund = refunds.filter(({ outcome }) => outcome === 'succeeded')[one.of % Math.max(refunds.length, 1)];
      if (refund !== undefined) books.tellRefund(refund, toRefundTold(refund.amountMinor, one.told), one.source);
    }
  }
}

const wallet = fc.constantFrom<WalletName>('wechatpay', 'alipay', 'unionpay');

/** What every account has of it, by what is kept: the report that counts, less what refunds give back. */
function isWhole({ attempt, refunds }: Pick<Books, 'attempt' | 'refunds'>): void {
  for (const { reported, amountMinor, outcome } of refunds) {
    if (outcome !== 'succeeded' || reported === null) continue;
    const offMinor = reported.booked.reduce((sum, one) => sum + one.minor, 0n);
    expect(offMinor >= 0n && offMinor <= amountMinor, 'a refund gives back no more than it is').toBe(true);
    if (reported.buyerMinor !== null) expect(reported.buyerMinor + offMinor, 'the parts of a refund').toBe(amountMinor);
  }
  const counted = (report: Attempt['reported']) =>
    report === null ? null : (report.told[report.counts ?? -1] ?? null);
  const report = counted(attempt.reported);
  if (report !== null) expect(report).toMatchObject({ buyerMinor: attempt.reported?.buyerMinor });
}

/** What a shop that reads every event knows of the payment and of each refund: who paid how much. */
function knownByShop({ effects }: Books): { known: Map<string, string>; empty: number } {
  const known = new Map<string, string>();
  let empty = 0;
  for (const event of effects.events) {
    const [id, figures] =
      'payment' in event
        ? [event.payment.id, figuresOf(event.attempts[0])]
        : event.type === 'refund.created' || event.type === 'refund.failed'
          ? ['', '']
          : [event.refund.id, figuresOf(event.refund)];
    if (id === '') continue;
    if (event.type.endsWith('.corrected') && known.get(id) === figures) empty += 1;
    known.set(id, figures);
  }
  return { known, empty };
}

function figuresOf(one: Attempt | Refund | undefined): string {
  if (one === undefined) return '';
  const parts = 'paidMinor' in one ? reportedParts(one) : (one.reported?.booked ?? []);
  const buyerMinor = 'paidMinor' in one ? buyerPaid(one) : buyerReceived(one);
  // Whether it was paid for beforehand decides what the wallet settles.
  const settled = 'paidMinor' in one ? settledAmount(one.wallet, one.paidMinor, one.reported) : '';
  const texts = parts.map(({ kind, minor }) => `${kind} ${minor}`).sort();
  return `${buyerMinor} ${one.reported?.counts === null && 'paidMinor' in one ? one.paidMinor : settled} ${texts.join(', ')}`;
}

/** Of the payment and of every refund that has succeeded, as they are. */
function asItIs({ payment, attempt, refunds }: Books): Map<string, string> {
  const done = refunds.filter(({ outcome }) => outcome === 'succeeded');
  return new Map([[payment.id, figuresOf(attempt)], ...done.map((one): [string, string] => [one.id, figuresOf(one)])]);
}

test('whatever a wallet tells and when, the books are those of one that told at once; repeated, nothing changes', () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const counts = { corrected: 0, refused: 0 };
  fc.assert(
    fc.property(wallet, fc.array(step, { maxLength: 14 }), (name, steps) => {
      const books = openBooks(name);
      books.tell({});
      const tolds: Told[] = [];
      for (const one of steps) {
        take(books, one, tolds);
        expect(books.balances()).toEqual(toldAtOnce(books).balances());
        isWhole(books);
        expect(knownByShop(books)).toEqual({ known: asItIs(books), empty: 0 });
      }
      counts.corrected += books.effects.postings.filter(({ kind }) => kind === 'discounts_corrected').length;
      counts.refused += books.effects.alerts.length;
      expect(books.effects.alerts.every(({ kind }) => kind === 'discount_differs')).toBe(true);
      const before = books.effects.postings.length;
      for (const told of tolds) books.tell(told, 'notification');
      const { reported } = books.attempt;
      if (reported !== null && reported.counts !== null) books.tell(toTold(reported), 'poll');
      expect(books.effects.postings.length, 'nothing new was told').toBe(before);
      const leftMinor = books.attempt.paidMinor - books.attempt.refundedMinor;
      if (leftMinor > 0n) books.refund(leftMinor, {});
      expect([...books.balances()], 'what went back whole leaves nothing').toEqual([]);
    }),
    { seed, numRuns: 400 },
  );
  expect(counts.corrected, 'some were corrected').toBeGreaterThan(50);
  expect(counts.refused, 'and some could not be').toBeGreaterThan(50);
});

/** Reports of one refund and of its payment, far more than there is room for. */
const refundStep = fc.record({
  of: fc.constantFrom('refund' as const, 'refund' as const, 'payment' as const),
  perMille: fc.integer({ min: 600, max: 1010 }),
  source,
});

test('of a wallet that never stops telling something else the books stay whole, and nothing grows without end', () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const counts = { full: 0, counted: 0 };
  fc.assert(
    fc.property(wallet, fc.array(refundStep, { minLength: 60, maxLength: 120 }), (name, steps) => {
      const books = openBooks(name);
      books.tell({ buyerPaid: money('CNY', 900n) });
      const [first] = [books.refund(400n, {}), books.refund(200n, {})];
      const alertsOf = (one: { id: string }) => books.effects.alerts.filter(({ subjectId }) => subjectId === one.id);
      for (const { of, perMille, source: from } of steps) {
        const isRefund = of === 'refund';
        const before = { ...(isRefund ? first : books.attempt) }.reported;
        const alertsBefore = books.effects.alerts.length;
        if (isRefund) books.tellRefund(first, toRefundTold(first.amountMinor, perMille), from);
        else books.tell({ buyerPaid: money('CNY', (PAID * BigInt(perMille)) / 1000n) }, from);
        const after = (isRefund ? first : books.attempt).reported;
        expect(after?.told.length).toBeLessThanOrEqual(32);
        const firsts = before?.told.slice(0, 31) ?? [];
        expect(after?.told.slice(0, firsts.length), 'what was told first stays').toEqual(firsts);
        if (before?.hadMore === true) {
          counts.full += 1;
          expect(books.effects.alerts.length, 'told once').toBe(alertsBefore);
          if (from === 'notification') expect(after).toEqual(before);
          else if (after?.counts === 31 && after.told[31] !== before.told[31]) counts.counted += 1;
        }
        expect(books.balances()).toEqual(toldAtOnce(books).balances());
        isWhole(books);
        expect(knownByShop(books)).toEqual({ known: asItIs(books), empty: 0 });
      }
      for (const one of [first, books.attempt])
        expect(alertsOf(one).filter(({ detail }) => detail.includes('more than 32')).length).toBe(
          one.reported?.hadMore === true ? 1 : 0,
        );
      books.refund(400n, {});
      expect([...books.balances()], 'what went back whole leaves nothing').toEqual([]);
    }),
    { seed, numRuns: 15 },
  );
  expect(counts.full, 'many had no room').toBeGreaterThan(50);
  expect(counts.counted, 'and some of them counted').toBeGreaterThan(10);
});

test('a report after refunds gives each funder its part of them back, and the refunds stay as they are', () => {
  const books = openBooks('alipay');
  books.tell({});
  const silent = books.refund(300n, {});
  const told = books.refund(200n, { buyerPaid: money('CNY', 200n) });
  const discounts: ReportedDiscount[] = [
    {
      walletOfferId: 'A',
      name: '立减',
      scope: 'order',
      minor: 200n,
      prefunded: false,
      parts: [
        { funder: 'wallet', owner: null, minor: 150n },
        { funder: 'merchant', owner: null, minor: 50n },
      ],
    },
  ];
  books.tell({ discounts });
  // By the rule 60 of 300 were off; of the other the wallet had said that the buyer got all of it.
  expect(silent.reported).toMatchObject({ isComputed: true, buyerMinor: 240n });
  expect(silent.reported?.booked.map(({ kind, minor }) => [kind, minor])).toEqual([
    ['offer_wallet', 45n],
    ['offer_merchant', 15n],
  ]);
  expect(told.reported).toMatchObject({ isComputed: false, buyerMinor: 200n, booked: [] });
  expect([silent.amountMinor, told.amountMinor, books.attempt.refundedMinor]).toEqual([300n, 200n, 500n]);
  expect(books.effects.alerts).toEqual([]);
  const correction = books.effects.postings.at(-1);
  expect(correction).toMatchObject({
    kind: 'discounts_corrected',
    parts: [{ minor: 105n }, { minor: 35n }],
  });
});

test('a report that leaves less than the wallet said was given back already is for an operator', () => {
  const books = openBooks('alipay');
  books.tell({});
  books.refund(900n, { buyerPaid: money('CNY', 900n) });
  books.tell({ buyerPaid: money('CNY', 800n) }); // 200 off, and of the last 100 no more than 100 can be
  expect(books.effects.alerts.map(({ detail }) => detail)).toEqual([expect.stringMatching(/contradicts/)]);
  expect(books.attempt.reported).toMatchObject({ counts: null, discounts: [], told: [{ buyerMinor: 800n }] });
  books.refund(100n, {});
  expect([...books.balances()]).toEqual([]);
  expect(PAID).toBe(books.attempt.refundedMinor);
});
