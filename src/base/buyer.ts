/**
 * What a shop tells us of its buyer. Nothing of it is needed to pay; it makes offers with a limit per person, first-use offers
 * and a staged wallet follow the buyer from page to page and from device to device.
 */
export interface BuyerFacts {
  /** The shop's own, lasting name of the buyer, 1 to 64 characters. */
  id: string | null;
  /** A keyed hash of the phone number, made where it came in; never the number. */
  phone: string | null;
  /** The shop's name of the device, or that of our own cookie. */
  device: string | null;
  /** ISO 3166-2: `CN-SH`. */
  region: string | null;
  /** The shop's app, as semantic version: `9.4.1`. */
  appVersion: string | null;
  /** One of the shop's own people: they see a staged wallet first. */
  isStaff: boolean;
}

/** A line of the order. The lines together are the payment's amount; a shop may leave them out. */
export interface OrderItem {
  /** The shop's article number, 1 to 64 characters, once per order. */
  id: string;
  name: string;
  quantity: number;
  /** What the line costs together, in minor units of the payment's currency. */
  amountMinor: bigint;
}

export const NO_BUYER: BuyerFacts = Object.freeze({
  id: null,
  phone: null,
  device: null,
  region: null,
  appVersion: null,
  isStaff: false,
});
