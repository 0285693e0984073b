import { freshDatabase } from '../../test/database.ts';
import { type BuyerFacts, NO_BUYER } from '../base/buyer.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { newId } from '../base/id.ts';
import { type Log, silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { connect, type Sql } from '../db/connect.ts';
import { type HoldResult, reserveHolds, settleHolds } from '../ledger/holds.ts';
import { createLedger, type Ledger } from '../ledger/ledger.ts';
import { transact } from '../ledger/test-ledger.ts';
import { createKeyring, type Keyring } from '../vault/seal.ts';
import type { CampaignDocument } from './campaign.ts';
import type { AppliedOffer, Candidate, QuoteRequest } from './offers.ts';
import { type OpenedOffers, openOffers } from './open-offers.ts';
import type { ShownOffer, ShownVoucher } from './show-offer.ts';

export const BOOK = 1;
export const OPERATOR = { kind: 'operator', name: 'operator' } as const;

/** Offers over a fresh database, with a ledger and two shops. Open it at the top of a test file. */
export interface OffersWorld {
  sql: Sql;
  url: string;
  keyring: Keyring;
  ledger: Ledger;
  shop: string;
  otherShop: string;
  /** Another node: a memory and connections of its own. */
  node(over?: { sql?: Sql; log?: Log }): OpenedOffers;
  connect(connectionsMax: number): Sql;
  close(): Promise<void>;
}

export async function openOffersWorld(clock: Clock = systemClock): Promise<OffersWorld> {
  const { sql, url } = await freshDatabase();
  const keyring = createKeyring({ random: systemRandom }, [new Secret('a master secret of thirty-two letters')]);
  const ledger = createLedger({ sql, clock, log: silentLog, book: BOOK });
  await ledger.prepareMonths();
  const nodes: OpenedOffers[] = [];
  const pools: Sql[] = [];
  const makeShop = async (name: string): Promise<string> => {
    const id = newId('mer', { clock, random: systemRandom }, BOOK);
    await sql`
      insert into merchants (book, id, name, livemode, created_at)
      values (${BOOK}, ${id}, ${name}, false, ${clock.now()})`;
    return id;
  };
  const shop = await makeShop('茶铺');
  const otherShop = await makeShop('书店');
  return {
    sql,
    url,
    keyring,
    ledger,
    shop,
    otherShop,
    node(over = {}) {
      const node = openOffers({ sql, clock, random: systemRandom, log: silentLog, keyring, book: BOOK, ...over });
      nodes.push(node);
      return node;
    },
    connect(connectionsMax) {
      const pool = connect(url, { connectionsMax, applicationName: 'test node' });
      pools.push(pool);
      return pool;
    },
    async close() {
      await Promise.all(nodes.map((node) => node.stop()));
      await ledger.close();
      await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })));
    },
  };
}

/** ¥5.00 off, paid by the shop, unless the test says otherwise. */
export function campaignOf(over: Partial<CampaignDocument> = {}): CampaignDocument {
  return {
    name: { 'zh-CN': '立减五元', en: '5 yuan off' },
    kind: 'flat',
    by: 'hutong',
    currency: 'CNY',
    ...(over.kind === undefined || over.kind === 'flat' ? { off: '5.00' } : {}),
    funders: [{ funder: 'merchant', per_mille: 1000 }],
    ...over,
  };
}

/** Publishes it as the shop itself, or as the operator for everybody. */
export async function publish(
  offers: OpenedOffers,
  merchantId: string | null,
  campaign: CampaignDocument = campaignOf(),
): Promise<ShownOffer> {
  const { body } = await offers.publish({ actor: OPERATOR, merchantId, campaign, reason: null, claim: null });
  return JSON.parse(body); // an offer as the API shows it
}

export async function issue(
  offers: OpenedOffers,
  offerId: string,
  buyers: readonly (string | null)[],
  over: { merchantId?: string; validUntil?: Date } = {},
): Promise<(ShownVoucher & { code: string })[]> {
  const { merchantId = null, validUntil = null } = over;
  const { body } = await offers.issueVouchers({
    actor: OPERATOR,
    offerId,
    buyers,
    merchantId,
    validUntil,
    reason: null,
    claim: null,
  });
  const { data }: { data: (ShownVoucher & { code: string })[] } = JSON.parse(body); // as the API shows them
  return data;
}

export const UNIONPAY: Candidate = { wallet: 'unionpay', bank: null, cardKind: null, card: null, instalment: null };

export function requestOf(
  merchantId: string,
  over: Partial<Omit<QuoteRequest, 'buyer'>> & { buyer?: Partial<BuyerFacts> } = {},
): QuoteRequest {
  const { buyer, ...rest } = over;
  return {
    book: BOOK,
    merchantId,
    currency: 'CNY',
    amountMinor: 10_000n,
    items: [],
    buyer: { ...NO_BUYER, ...buyer },
    vouchers: [],
    firstUse: { merchant: false, wallets: [] },
    candidates: [UNIONPAY],
    at: systemClock.now(),
    ...rest,
  };
}

/** What the first way to pay uses of offers. */
export async function appliedOf(offers: OpenedOffers, request: QuoteRequest): Promise<readonly AppliedOffer[]> {
  const [quote] = await offers.quote([request]);
  return quote?.quotes[0]?.applied ?? [];
}

/** Holds what the offers need, as an attempt does. */
export async function hold(world: OffersWorld, applied: readonly AppliedOffer[]): Promise<{ id: string } & HoldResult> {
  const id = newId('att', { clock: systemClock, random: systemRandom }, BOOK);
  const lines = applied.flatMap((offer) => offer.holds);
  const [result] = await transact(world.sql, (tx) => reserveHolds(tx, world.ledger, BOOK, [{ id, lines }]));
  if (result === undefined) throw new Error('one request has one result');
  return { id, ...result };
}

export async function settle(
  world: OffersWorld,
  id: string,
  applied: readonly AppliedOffer[],
  to: 'commit' | 'release',
): Promise<void> {
  const lines = applied.flatMap((offer) => offer.holds);
  await world.sql.begin((tx) => settleHolds(tx, world.ledger, BOOK, [{ id, lines, to }]));
}
