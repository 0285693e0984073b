import type { RolloutContext } from './rollouts.ts';

/** What a rule may ask about, and what a decision keeps. docs/reference/rollout.md tells each. */
export const CONTEXT_NAMES = [
  'targetingKey',
  'merchant_id',
  'payment_id',
  'buyer_id',
  'device',
  'region',
  'app_version',
  'staff',
  'scene',
  'app',
  'currency',
  'amount_minor',
  'bank',
] as const;

export type Facts = Record<string, string | number | boolean | null>;

/**
 * What the bucket is made of: the shop and its buyer, who is the same on every device; else the device, which is the same on every page;
 * else the payment, which is at least the same as itself.
 */
export function targetingKeyOf({ merchantId, paymentId, buyer }: RolloutContext): string {
  if (buyer.id !== null) return `${merchantId}/b/${buyer.id}`;
  return buyer.device === null ? paymentId : `${merchantId}/d/${buyer.device}`;
}

/** The context as rules see it, by the names of `CONTEXT_NAMES`. No phone number stands in it, nor a hash of one. */
export function toFacts(context: RolloutContext): Facts {
  const { buyer } = context;
  return {
    targetingKey: targetingKeyOf(context),
    merchant_id: context.merchantId,
    payment_id: context.paymentId,
    buyer_id: buyer.id,
    device: buyer.device,
    region: buyer.region,
    app_version: buyer.appVersion,
    staff: buyer.isStaff,
    scene: context.scene,
    app: context.app,
    currency: context.currency,
    amount_minor: Number(context.amountMinor), // at most PAYMENT_MINOR_MAX, which a number holds exactly
    bank: context.bank,
  };
}
