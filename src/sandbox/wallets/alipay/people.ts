import { createHash } from 'node:crypto';
import type { SandboxMerchant } from './keys.ts';

/** The one person who has this pretend app. */
export const USER_ID = '2088100000000007';

/** A person's name for one application and no other. */
export function openIdOf(merchant: SandboxMerchant): string {
  return createHash('sha256').update(`${merchant.appId}|${USER_ID}`).digest('base64url');
}
