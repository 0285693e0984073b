import type { BuyerFacts, OrderItem } from '../base/buyer.ts';
import { Refusal } from '../base/refusal.ts';
import { readPhone } from '../users/phone.ts';
import type { Keyring } from '../vault/seal.ts';

/** What a shop tells of its buyer, as the API takes it. */
export interface GivenBuyer {
  id?: string | undefined;
  phone?: string | undefined;
  device?: string | undefined;
  region?: string | undefined;
  app_version?: string | undefined;
  staff?: boolean | undefined;
}

export interface GivenItem {
  id: string;
  name: string;
  quantity: number;
  amount_minor: string;
}

/** Of a phone number only a keyed hash goes on from here. @throws Refusal invalid_request */
export function readBuyer(keyring: Keyring, given: GivenBuyer): BuyerFacts {
  return {
    id: given.id ?? null,
    phone: given.phone === undefined ? null : hashPhone(keyring, given.phone),
    device: given.device ?? null,
    region: given.region ?? null,
    appVersion: given.app_version ?? null,
    isStaff: given.staff ?? false,
  };
}

/** By what a shop's buyer is known from payment to payment; null where the shop names none. */
export function buyerKeyOf({ id }: BuyerFacts): string | null {
  return id === null ? null : `b/${id}`;
}

/** The lines of an order: each article once, and together exactly its amount. @throws Refusal invalid_request */
export function readItems(amountMinor: bigint, given: readonly GivenItem[]): OrderItem[] {
  const items = given.map(({ id, name, quantity, amount_minor: minor }) => ({
    id,
    name,
    quantity,
    amountMinor: BigInt(minor),
  }));
  if (new Set(items.map(({ id }) => id)).size < items.length)
    throw new Refusal('invalid_request', 'an article stands in one line of the order', { param: 'items' });
  const sum = items.reduce((all, { amountMinor: line }) => all + line, 0n);
  if (items.length > 0 && sum !== amountMinor)
    throw new Refusal('invalid_request', `the lines come to ${sum} and not to the amount`, { param: 'items' });
  return items;
}

function hashPhone(keyring: Keyring, phone: string): string {
  try {
    return keyring.digest('buyer phone', readPhone(phone)).toString('hex');
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal('invalid_request', error.message, { param: 'buyer.phone' });
  }
}
