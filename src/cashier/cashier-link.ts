import type { Keyring } from '../vault/seal.ts';

const TOKEN_BYTES = 16;

export interface LinkDeps {
  keyring: Keyring;
  publicUrl: string;
}

/** The buyer's page of a payment. The token is a keyed digest of the id: nothing to store, nothing to guess. */
export function cashierUrl(deps: LinkDeps, paymentId: string): string {
  return `${deps.publicUrl}${cashierPath(deps.keyring, paymentId)}`;
}

export function cashierPath(keyring: Keyring, paymentId: string): string {
  return `/c/${paymentId}/${token(keyring, paymentId).toString('base64url')}`;
}

export function isCashierToken(keyring: Keyring, paymentId: string, given: string): boolean {
  const digest = Buffer.from(given, 'base64url');
  return digest.length === TOKEN_BYTES && keyring.isDigest('cashier link', paymentId, digest);
}

function token(keyring: Keyring, paymentId: string): Buffer {
  return keyring.digest('cashier link', paymentId).subarray(0, TOKEN_BYTES);
}
