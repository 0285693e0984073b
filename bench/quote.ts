import { assert } from '../src/base/assert.ts';
import { NO_BUYER } from '../src/base/buyer.ts';
import type { CampaignDocument } from '../src/offers/campaign.ts';
import { foldFigures } from '../src/offers/fold-figures.ts';
import type { Candidate, QuoteRequest } from '../src/offers/offers.ts';
import { quoteOffers } from '../src/offers/quote-offers.ts';
import type { PublishedOffer, Room } from '../src/offers/quote-input.ts';
import { readCampaign } from '../src/offers/read-campaign.ts';
import { bruteForce } from '../src/offers/test-brute-force.ts';
import { type BenchOptions, type Case, describeMachine, type Machine, measure, type Measured } from './harness.ts';

const GOAL_MS = 5;
const OFFERS = 12;
const MERCHANT = 'mer_01KE0000000000000000000001';
const HUTONG = `quote, ${OFFERS} offers x 6 wallets`;
const PEER = `plain brute force, ${OFFERS} offers x 6 wallets`;
const HARD = 'quote, 12 offers that all go together';
const HARD_PEER = 'plain brute force, 12 offers that all go together';
const MANY = 'quote, 40 offers x 6 wallets';
const CARTS = 64;
const WALLETS = ['unionpay', 'wechatpay', 'alipay', 'jdpay', 'meituanpay', 'hutongwallet'] as const;

export interface QuoteBench {
  machine: Machine;
  method: string[];
  measured: Measured[];
  goal: { name: string; value: number; goal: number; reached: boolean };
}

/** What the best combination costs in time, whole: conditions, limits, search, reasons; beside trying every combination. */
export async function benchQuote({ quick, say }: BenchOptions): Promise<QuoteBench> {
  const usual = Array.from({ length: OFFERS }, (_, index) => offerOf(index, USUAL[index % USUAL.length] ?? {}));
  const hard = Array.from({ length: OFFERS }, (_, index) =>
    offerOf(index, { ...MONEY[index % MONEY.length], stacking: { group: `g${index}` } }),
  );
  const many = Array.from({ length: 40 }, (_, index) => offerOf(index, USUAL[index % USUAL.length] ?? {}));
  const carts = Array.from({ length: CARTS }, (_, index) => cartOf(index));
  checkAlike(usual, carts);
  checkAlike(hard, carts.slice(0, 8));
  const calls = quick ? 300 : 2000;
  const cases = [
    each(HUTONG, calls, (index) => quote(usual, carts, index)),
    each(PEER, Math.ceil(calls / 30), (index) => plainly(usual, carts, index)),
    each(HARD, Math.ceil(calls / 4), (index) => quote(hard, carts, index)),
    each(HARD_PEER, Math.ceil(calls / 100), (index) => plainly(hard, carts, index)),
    each(MANY, calls, (index) => quote(many, carts, index)),
  ];
  say('warming up');
  for (const one of cases) await one.run();
  const measured = await measure(cases, quick ? 3 : 7, say);
  const value = measured.find(({ name }) => name === HUTONG)?.p99Ms ?? Number.NaN;
  return {
    machine: describeMachine(),
    method: [
      `${OFFERS} offers of every kind with limits per buyer and budgets, six ways to pay, ${CARTS} orders of three lines in turn, one call after the other in one process. A quote is whole: conditions, the room of limits (answered from memory), the best combination for each way to pay, and of every other offer the reason. The room is read from the ledger before, once for all who ask at a time; that is not in here.`,
      `The plain brute force tries every one of 2^${OFFERS} combinations for each way to pay, with bigint, and does nothing else; before measuring, both are compared on every order. "Go together" are offers of ${OFFERS} groups, where every combination is legal.`,
    ],
    measured,
    goal: {
      name: `a quote of ${OFFERS} offers for 6 ways to pay, p99`,
      value,
      goal: GOAL_MS,
      reached: value < GOAL_MS,
    },
  };
}

type Terms = Partial<CampaignDocument>;

const MONEY: readonly Terms[] = [
  { kind: 'flat', off: '3.00' },
  {
    kind: 'threshold',
    tiers: [
      { at: '50.00', off: '4.00' },
      { at: '100.00', off: '11.00' },
      { at: '200.00', off: '25.00' },
    ],
  },
  { kind: 'percent', off_per_mille: 85, off_max: '12.00' },
  { kind: 'random', off_from: '0.50', off_to: '6.66' },
  { kind: 'threshold', every: { at: '40.00', off: '2.00', times_max: 4 } },
];

const USUAL: readonly Terms[] = [
  ...MONEY.map((terms) => ({ ...terms, limits: { money: { campaign: '90000.00' } } })),
  {
    kind: 'flat',
    off: '5.00',
    conditions: { wallets: ['unionpay'] },
    funders: [{ funder: 'wallet', per_mille: 1000 }],
    limits: { per_user: { day: 1, month: 3 } },
  },
  {
    kind: 'percent',
    off_per_mille: 100,
    off_max: '8.00',
    conditions: { wallets: ['alipay', 'wechatpay'] },
    funders: [{ funder: 'platform', per_mille: 1000 }],
  },
  { kind: 'item', item: { articles: ['A', 'B'], off: '1.50', quantity_max: 3 }, limits: { count: { day: 1000 } } },
  {
    kind: 'flat',
    off: '9.00',
    conditions: { banks: ['ICBC'] },
    funders: [{ funder: 'bank', owner: 'ICBC', per_mille: 1000 }],
    limits: { per_card: { day: 1 } },
  },
  { kind: 'random', off_from: '0.10', off_to: '4.00', by: 'wallet', conditions: { wallets: ['jdpay'] } },
  { kind: 'flat', off: '6.00', stacking: { alone: true }, conditions: { min_amount: '30.00' } },
  {
    kind: 'item',
    item: { articles: ['C'], off_per_mille: 200, quantity_max: 2 },
    stacking: { with: ['merchant', 'wallet'] },
  },
];

function offerOf(index: number, terms: Terms): PublishedOffer {
  const reading = readCampaign({
    name: { 'zh-CN': `优惠${index}`, en: `Offer ${index}` },
    by: 'hutong',
    currency: 'CNY',
    funders: [{ funder: 'merchant', per_mille: 1000 }],
    ...terms,
  });
  assert(reading.kind === 'campaign', 'the campaigns of the benchmark are right');
  const { campaign } = reading;
  const id = `off_01KE${String(index).padStart(22, '0')}`;
  return { id, version: 1, state: 'published', merchantId: MERCHANT, campaign, figures: foldFigures([campaign]) };
}

const CANDIDATES: readonly Candidate[] = WALLETS.map((wallet) => {
  const isOurs = wallet === 'hutongwallet';
  return {
    wallet,
    bank: isOurs ? 'ICBC' : null,
    cardKind: isOurs ? 'debit' : null,
    card: isOurs ? 'card-1' : null,
    instalment: null,
  };
});

function cartOf(index: number): QuoteRequest {
  const lines = [2_000n, 3_500n, 700n].map((price, at) => price + BigInt((index * 977 + at * 131) % 4_000));
  const amountMinor = lines.reduce((sum, line) => sum + line, 0n);
  return {
    book: 1,
    merchantId: MERCHANT,
    currency: 'CNY',
    amountMinor,
    items: lines.map((line, at) => ({ id: 'ABC'.charAt(at), name: 'article', quantity: at + 1, amountMinor: line })),
    buyer: { ...NO_BUYER, id: `buyer-${index}`, device: 'device' },
    vouchers: [],
    firstUse: { merchant: false, wallets: [] },
    candidates: CANDIDATES,
    at: new Date('2026-11-23T12:00:00+08:00'),
  };
}

const ROOM: Room = () => 1_000_000_000n;

function quote(offers: readonly PublishedOffer[], carts: readonly QuoteRequest[], index: number) {
  return quoteOffers(offers, [], carts[index % carts.length] as QuoteRequest, ROOM); // the index stays inside
}

/** The best of our own offers for each way to pay, among those that count for it. */
function plainly(offers: readonly PublishedOffer[], carts: readonly QuoteRequest[], index: number): bigint[] {
  const { amountMinor, items } = carts[index % carts.length] as QuoteRequest; // the index stays inside
  return CANDIDATES.map(({ wallet, bank }) => {
    const count = offers.filter(({ campaign: { conditions, by } }) => {
      const isWallet = conditions.wallets.length === 0 || conditions.wallets.includes(wallet);
      const isBank = conditions.banks.length === 0 || (bank !== null && conditions.banks.includes(bank));
      return by === 'hutong' && isWallet && isBank && (conditions.amountMinMinor ?? 0n) <= amountMinor;
    });
    return amountMinor - bruteForce(count, { amountMinor, items, feeMinor: 0n }).savedMinor;
  });
}

/** What is compared has to be the same work. */
function checkAlike(offers: readonly PublishedOffer[], carts: readonly QuoteRequest[]): void {
  for (const index of carts.keys()) {
    const plain = plainly(offers, carts, index);
    for (const { candidate, toPayMinor, isExact } of quote(offers, carts, index).quotes)
      assert(isExact && plain[CANDIDATES.indexOf(candidate)] === toPayMinor, 'both find the same price');
  }
}

function each(name: string, calls: number, run: (index: number) => unknown): Case {
  return {
    name,
    run() {
      const latenciesMs: number[] = [];
      const begin = performance.now();
      for (let index = 0; index < calls; index++) {
        const from = performance.now();
        run(index);
        latenciesMs.push(performance.now() - from);
      }
      return Promise.resolve({ perSecond: (calls * 1000) / (performance.now() - begin), latenciesMs });
    },
  };
}
