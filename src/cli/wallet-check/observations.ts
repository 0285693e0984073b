import { problemOf } from '../../wallets/open/codes.ts';
import { type Members, membersOf, readMinor } from '../../wallets/open/parse.ts';
import type { Flaw } from '../../wallets/open/verify.ts';
import type { Came } from './check-client.ts';

/** What is looked at on every message of a run, whatever the message is about. */
export class Observations {
  readonly #flaws = new Map<Flaw, string>();
  #badError: string | null = null;
  #badAmount: string | null = null;
  #badDiscount: string | null = null;
  #repliesCount = 0;

  get repliesCount(): number {
    return this.#repliesCount;
  }

  flaw(flaw: Flaw, what: string): void {
    if (!this.#flaws.has(flaw)) this.#flaws.set(flaw, what);
  }

  /** The first flaw of one of these kinds, in words. */
  firstFlaw(...kinds: readonly Flaw[]): string | null {
    return kinds.map((kind) => this.#flaws.get(kind)).find((what) => what !== undefined) ?? null;
  }

  reply(name: string, came: Came, contentType: string): void {
    this.#repliesCount += 1;
    this.amounts(name, came.json);
    if (came.status < 400) return;
    const { code, final } = came.json;
    const row = typeof code === 'string' ? problemOf(code, came.status) : null;
    const isProblem = contentType.startsWith('application/problem+json');
    if (row !== null && row.row.isFinal === final && isProblem) return;
    this.#badError ??= `${name} answered ${came.status} with code ${JSON.stringify(code)}, final ${JSON.stringify(final)}, as ${contentType || 'nothing'}`;
  }

  /** Every member that is an amount, however deep, and what is told of discounts. */
  amounts(name: string, json: Members): void {
    const wrong = whyNotDiscounts(json);
    if (wrong !== null) this.#badDiscount ??= `${name}: ${wrong}`;
    for (const [member, value] of Object.entries(json)) {
      const inner = membersOf(value);
      if (inner === null) continue;
      if ('minor' in inner && 'currency' in inner && readMinor(inner['minor']) === null)
        this.#badAmount ??= `${name}: ${member} is ${JSON.stringify(value)}`;
      this.amounts(name, inner);
    }
  }

  get badError(): string | null {
    return this.#badError;
  }

  get badAmount(): string | null {
    return this.#badAmount;
  }

  get badDiscount(): string | null {
    return this.#badDiscount;
  }
}

/** What is wrong with the discounts of an order or refund; null where there are none, or all is well. */
function whyNotDiscounts(shown: Members): string | null {
  const { discounts } = shown;
  if (discounts === undefined) return null;
  if (!Array.isArray(discounts) || discounts.length === 0) return 'discounts is no list of discounts';
  const [price, paid] = [minorIn(shown, 'amount'), minorIn(shown, 'buyer_paid')];
  if (price === null || paid === null) return 'it has discounts and no readable buyer_paid';
  let off = 0n;
  for (const each of discounts) {
    const discount = membersOf(each);
    const minor = discount === null ? null : minorIn(discount, 'amount');
    if (discount === null || minor === null || !Array.isArray(discount['parts'])) return 'a discount is not readable';
    const parts = discount['parts'].map((part) => minorIn(membersOf(part) ?? {}, 'amount'));
    if (parts.includes(null)) return 'a part of a discount is not readable';
    const told = parts.reduce<bigint>((sum, part) => sum + (part ?? 0n), 0n);
    if (told > minor) return `the parts of a discount of ${minor} sum to ${told}`;
    off += minor;
  }
  return paid + off === price ? null : `of ${price} ${off} was taken off, and the buyer paid ${paid}`;
}

function minorIn(members: Members, name: string): bigint | null {
  return readMinor(membersOf(members[name])?.['minor']);
}
