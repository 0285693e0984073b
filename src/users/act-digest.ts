import { createHash } from 'node:crypto';
import type { Act } from './users.ts';

/** SHA-256 over everything that an act is; as JSON, so that no two acts have one text. */
export function actDigest(act: Act): Buffer {
  const amount = act.amount === null ? null : [act.amount.currency, act.amount.minor.toString()];
  return createHash('sha256')
    .update(JSON.stringify(['hutong act 1', act.kind, act.subject, amount, act.payee]))
    .digest();
}

/** What a passkey signs for an act: nobody can know it before it is offered, and it stands for this act alone. */
export function actChallenge(digest: Buffer, nonce: Buffer): Buffer {
  return createHash('sha256').update(digest).update(nonce).digest();
}
