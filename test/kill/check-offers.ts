import { findAttemptsOf } from '../../src/cashier/attempt-store.ts';
import type { Attempt } from '../../src/cashier/payment.ts';
import type { Sql } from '../../src/db/connect.ts';
import { BOOK } from '../../src/hutong.ts';
import { type AccountKind, chartAccountId } from '../../src/ledger/chart.ts';
import type { HoldLine } from '../../src/ledger/holds.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { readStandings } from '../../src/ledger/read-room.ts';
import type { ShopRecords } from './check-acknowledged.ts';

/** As the API shows them; read field by field. */
type Shown = ReturnType<typeof JSON.parse>;

/** Every limit that an attempt ever named: what is used of it is what paid attempts took less what refunds gave back, and nothing is held. */
export async function compareLimits(sql: Sql, records: ShopRecords): Promise<string[]> {
  const attempts = await findAttemptsOf(sql, BOOK, [...records.payments.keys()]);
  const limits = new Map<string, { line: HoldLine; used: bigint }>();
  const wrong: string[] = [];
  for (const attempt of attempts) {
    wrong.push(...checkHolds(attempt));
    const given = givenBack(attempt, records);
    for (const line of attempt.holds ?? []) {
      const found = limits.get(line.limit) ?? { line, used: 0n };
      if (line.figures.length > found.line.figures.length) found.line = line;
      if (attempt.settled === 'accepted' && line.onSuccess === 'commit') found.used += line.amount - given(line);
      limits.set(line.limit, found);
    }
  }
  const all = [...limits.values()];
  const standings = await readStandings(
    sql,
    BOOK,
    all.map(({ line }) => line),
  );
  const overruns = await sql<{ detail: string }[]>`select detail from alerts where kind = 'offer_overrun'`;
  for (const [index, { line, used }] of all.entries()) {
    const { limit, figures } = line;
    const is = standings[index];
    if (is?.used !== used) wrong.push(`${limit}: ${is?.used} used, it should be ${used}`);
    if (is?.held !== 0n) wrong.push(`${limit}: ${is?.held} is still held`);
    const isAlerted = overruns.some(({ detail }) => detail.includes(limit));
    if (used > (figures.at(-1) ?? 0n) && !isAlerted)
      wrong.push(`${limit}: ${used} used of ${figures.at(-1)}, silently`);
  }
  return wrong;
}

export interface OfferCounts {
  /** Limits that some attempt held. */
  limits: number;
  overruns: number;
  /** Payments that were paid with a discount. */
  used: number;
}

export async function countOffers(sql: Sql): Promise<OfferCounts> {
  const [row] = await sql<OfferCounts[]>`
    select
      (select count(distinct line->>'limit')::int from attempts, jsonb_array_elements(holds) as line) as limits,
      (select count(*)::int from alerts where kind = 'offer_overrun') as overruns,
      (select count(*)::int from attempts where settled = 'accepted' and discount_minor > 0) as used`;
  if (row === undefined) throw new Error('a count is one row');
  return row;
}

function checkHolds(attempt: Attempt): string[] {
  const wrong: string[] = [];
  const { id, holds, holdsState, settled } = attempt;
  if (holds !== null && holdsState !== (settled === 'accepted' ? 'committed' : 'released'))
    wrong.push(`${id} is ${attempt.outcome} ${settled}, and its holds are ${holdsState}`);
  const ours = (attempt.offers ?? []).filter(({ by }) => by === 'hutong');
  const off = ours.reduce((sum, { minor }) => sum + minor, 0n);
  if (off !== attempt.discountMinor)
    wrong.push(`${id}: its offers come to ${off}, its discount is ${attempt.discountMinor}`);
  for (const { offerId, minor, parts, holds: lines } of ours) {
    if (parts.reduce((sum, part) => sum + part.minor, 0n) !== minor) wrong.push(`${id}: ${offerId} has other parts`);
    for (const line of lines)
      if (line.amount !== (line.unit === 'money' ? minor : 1n)) wrong.push(`${id}: ${line.limit} takes ${line.amount}`);
  }
  return wrong;
}

/** Money as much as went back to who paid the offer; a use when all of the order is back. */
function givenBack(attempt: Attempt, records: ShopRecords): (line: HoldLine) => bigint {
  const refunds = [...records.refunds.values()].filter(
    (refund) => refund.attempt_id === attempt.id && refund.state === 'succeeded' && !refund.automatic,
  );
  const back = refunds.reduce((sum, refund) => sum + BigInt(refund.amount.minor), 0n);
  const isWhole = back === attempt.amountMinor + attempt.discountMinor;
  return (line) => {
    if (line.unit === 'count') return isWhole ? line.amount : 0n;
    const [offerId] = line.limit.split('/');
    const shares = refunds.flatMap((refund) => refund.offers as Shown[]); // as the API shows them
    return shares.reduce((sum, one) => (one.offer_id === offerId ? sum + BigInt(one.amount.minor) : sum), 0n);
  };
}

const FUNDERS: Readonly<Record<string, AccountKind>> = {
  merchant: 'offer_merchant',
  wallet: 'offer_wallet',
  bank: 'offer_bank',
  platform: 'offer_platform',
};

/** Who pays for offers owes what paid attempts took off less what refunds gave back, each funder its own part. */
export async function compareGrants(
  ledger: Pick<Ledger, 'lookupAccounts'>,
  records: ShopRecords,
  accountIdOf: (wallet: string) => string,
): Promise<string[]> {
  const owed = new Map<string, { kind: AccountKind; owner: string; minor: bigint }>();
  const add = (wallet: string, offers: Shown[], sign: bigint): void => {
    for (const { by, paid_by: parts } of offers) {
      if (by === 'wallet') continue;
      for (const { funder, owner, amount } of parts) {
        const kind = FUNDERS[funder] ?? 'offer_unexplained';
        const whose = funder === 'wallet' ? accountIdOf(wallet) : owner;
        const found = owed.get(`${kind} ${whose}`) ?? { kind, owner: whose, minor: 0n };
        found.minor += sign * BigInt(amount.minor);
        owed.set(`${kind} ${whose}`, found);
      }
    }
  };
  for (const attempt of records.attempts.values())
    if (attempt.settled === 'accepted') add(attempt.wallet, attempt.offers, 1n);
  for (const refund of records.refunds.values())
    if (refund.state === 'succeeded' && !refund.automatic) add(refund.wallet, refund.offers, -1n);
  const all = [...owed.values()];
  const accounts = await ledger.lookupAccounts(all.map(({ kind, owner }) => chartAccountId(kind, owner, 'CNY', BOOK)));
  return all.flatMap(({ kind, owner, minor }, index) => {
    const account = accounts[index];
    const is = account === undefined ? 0n : account.debitsPosted - account.creditsPosted;
    return is === minor ? [] : [`${kind} of ${owner} is ${is}, it should be ${minor}`];
  });
}
