import type { MerchantId } from './payment.ts';

/** A shop or a platform that takes money through Hutong. */
export interface Merchant {
  book: number;
  id: MerchantId;
  name: string;
  livemode: boolean;
  createdAt: Date;
}

/** What an API key may do. `read` sees everything of its merchant; the others change one kind of thing each. */
export const SCOPES = ['read', 'payments', 'refunds', 'webhooks', 'wallets', 'offers', 'rollouts', 'links'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiKey {
  book: number;
  id: `key_${string}`;
  merchantId: MerchantId;
  label: string;
  /** The readable beginning of the key: enough to tell keys apart, useless to sign in with. */
  prefix: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
}
