import { WALLET_DISCOUNTS_MAX } from '../../base/limits.ts';
import type { Money } from '../../money/money.ts';
import { discountFacts, discountsIn, type DiscountsRead, readEach } from '../reported-discounts.ts';
import type { ReportedDiscount, SucceededOutcome } from '../wallet.ts';
import { membersOf, type Members, readAmount, readText, type ShownOrder, type ShownRefund } from './parse.ts';

type Part = ReportedDiscount['parts'][number];

const FUNDERS = ['merchant', 'wallet', 'bank', 'other'] as const;

/** What an order or a refund says of discounts, as an outcome has it; both members are optional. Open Wallet Protocol, "Discounts". */
export function discountsOf(
  shown: ShownOrder | ShownRefund,
): Pick<SucceededOutcome, 'discounts' | 'buyerPaid' | 'facts'> {
  const { currency } = shown.amount;
  const read = readList(shown.discounts, currency);
  const buyerPaid = readAmount(shown.buyerPaid);
  const isTold = buyerPaid?.currency === currency;
  return { facts: discountFacts(read), ...discountsIn(read), ...(isTold ? { buyerPaid } : {}) };
}

function readList(list: unknown, currency: Money['currency']): DiscountsRead {
  if (list === undefined || list === null) return null;
  if (!Array.isArray(list) || list.length > WALLET_DISCOUNTS_MAX) return 'unreadable';
  return readEach(list, (entry) => toDiscount(membersOf(entry), currency));
}

function toDiscount(entry: Members | null, currency: Money['currency']): ReportedDiscount | null {
  const minor = minorIn(entry, currency);
  const parts = entry === null || !Array.isArray(entry['parts']) ? null : readParts(entry['parts'], currency);
  const scope = entry?.['scope'];
  const prefunded = entry?.['prefunded'];
  if (entry === null || minor === null || parts === null || typeof prefunded !== 'boolean') return null;
  if (scope !== 'order' && scope !== 'item') return null;
  return {
    walletOfferId: readText(entry['id'], 64) ?? '',
    name: readText(entry['name'], 100) ?? '',
    scope,
    minor,
    prefunded,
    parts,
  };
}

/** A funder that is not in the protocol's table is somebody else. */
function readParts(list: readonly unknown[], currency: Money['currency']): Part[] | null {
  if (list.length > WALLET_DISCOUNTS_MAX) return null;
  const parts: Part[] = [];
  for (const entry of list) {
    const part = membersOf(entry);
    const minor = minorIn(part, currency);
    if (part === null || minor === null) return null;
    const funder = FUNDERS.find((known) => known === part['funder']) ?? 'other';
    if (minor > 0n) parts.push({ funder, owner: readText(part['owner'], 64), minor });
  }
  return parts;
}

function minorIn(entry: Members | null, currency: Money['currency']): bigint | null {
  const amount = readAmount(entry?.['amount']);
  return amount?.currency === currency ? amount.minor : null;
}
