import { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from './connect.ts';
import { claimKeys, finishKeys, type KeyClaim } from './idempotency-store.ts';

export interface KeyedReply {
  status: number;
  body: string;
}

/** Hides a reply that holds a secret while it is kept with its key. */
export interface ReplyCover {
  seal(text: string, about: string): string;
  open(sealed: string, about: string): string;
}

/**
 * Runs one keyed write in one transaction: the key, what it caused and the reply are there together or not at all. Without
 * a claim it just runs. For hot paths use the lanes, which do the same for lists.
 */
export async function withKey(
  sql: Sql,
  claim: KeyClaim | null,
  now: Date,
  cover: ReplyCover | null,
  run: (tx: Tx) => Promise<KeyedReply>,
): Promise<KeyedReply & { replayed: boolean }> {
  const result = await sql.begin(async (tx) => {
    if (claim === null) return { ...(await run(tx)), replayed: false };
    const about = `idempotency_keys ${claim.book} ${claim.merchantId} ${claim.key}`;
    const [claimed] = await claimKeys(tx, [claim], now);
    if (claimed instanceof Refusal) throw claimed;
    if (claimed?.kind === 'replay')
      return {
        status: claimed.status,
        body: cover === null ? claimed.body : cover.open(claimed.body, about),
        replayed: true,
      };
    const reply = await run(tx);
    const kept = { status: reply.status, body: cover === null ? reply.body : cover.seal(reply.body, about) };
    await finishKeys(tx, { finished: [{ claim, reply: kept }], released: [] });
    return { ...reply, replayed: false };
  });
  return result; // the driver unwraps promises in lists, which this is not
}
