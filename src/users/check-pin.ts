import { PIN_LOCKS_MAX, PIN_WRONG_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { auditAlone } from './audit.ts';
import { readPin } from './pin-rules.ts';
import { clearPinTries, findPin, type PinRow, raisePinTry, replacePin } from './pin-store.ts';
import type { UserId } from './users.ts';
import type { UsersDeps } from './users-deps.ts';

/**
 * Compares a payment PIN; returns the hash that it fits. Every try is counted as wrong, in a transaction of its own, before it is compared, so that
 * of any number of guesses at once five are compared and the others, the right one too, find it locked. A right one sets everything back.
 * @throws Refusal pin_not_set, pin_wrong (fact tries_left), pin_locked, pin_reset_required, overloaded, invalid_request
 */
export async function checkPin(
  deps: UsersDeps,
  who: { book: number; userId: UserId },
  text: string,
  param: string,
): Promise<{ hash: string }> {
  const { book, userId } = who;
  const pin = readPin(text, param);
  // Looked at before it queues: a locked PIN takes nobody's turn to hash.
  refuseUnready(deps, who, await findPin(deps.sql, book, userId));
  return await deps.pinHashes.inTurn(async () => {
    const counted = await raisePinTry(deps.sql, book, userId, deps.clock.now());
    if (counted === null) {
      refuseUnready(deps, who, await findPin(deps.sql, book, userId));
      throw wrong(1); // it was set back in this very moment; the next try is counted
    }
    const isRight = await deps.pinHashes.isRight(pin, counted);
    if (!isRight || !(await clearPinTries(deps.sql, book, userId, counted.hash)))
      throw await refuseWrong(deps, who, counted);
    return { hash: await renewStale(deps, who, pin, counted) };
  });
}

/** The first wrong one after a lock counts as one again. */
async function refuseWrong(deps: UsersDeps, who: { book: number; userId: UserId }, counted: PinRow): Promise<Refusal> {
  const triesLeft = PIN_WRONG_MAX - counted.wrongCount;
  const facts = { tries_left: triesLeft, locks_count: counted.locksCount };
  await auditAlone(deps, { ...who, event: triesLeft === 0 ? 'pin.locked' : 'pin.wrong', facts });
  if (triesLeft > 0) return wrong(triesLeft);
  return counted.locksCount >= PIN_LOCKS_MAX ? resetRequired() : locked(counted.lockedUntil, deps.clock.now());
}

function refuseUnready(deps: UsersDeps, who: { userId: UserId }, row: PinRow | null): void {
  const now = deps.clock.now();
  if (row === null) throw new Refusal('pin_not_set', 'set a payment PIN first');
  if (row.locksCount >= PIN_LOCKS_MAX) throw resetRequired();
  if (row.lockedUntil !== null && row.lockedUntil > now) throw locked(row.lockedUntil, now);
  if (!deps.pinHashes.isReadable(row)) {
    deps.log.error(
      { userId: who.userId, pepperId: row.pepperId },
      'a PIN needs a master secret that is not configured',
    );
    throw resetRequired();
  }
}

/** Made with an older pepper or other figures: the one moment at which a new hash can be made of it. */
async function renewStale(
  deps: UsersDeps,
  who: { book: number; userId: UserId },
  pin: string,
  kept: PinRow,
): Promise<string> {
  if (!deps.pinHashes.isStale(kept)) return kept.hash;
  const fresh = await deps.pinHashes.hash(pin);
  const isReplaced = await replacePin(deps.sql, { ...who, ...fresh, oldHash: kept.hash, setAt: deps.clock.now() });
  return isReplaced ? fresh.hash : kept.hash;
}

function wrong(triesLeft: number): Refusal {
  return new Refusal('pin_wrong', 'the payment PIN is wrong', { tries_left: triesLeft });
}

function locked(until: Date | null, now: Date): Refusal {
  const ms = (until?.getTime() ?? now.getTime()) - now.getTime();
  return new Refusal('pin_locked', 'too many wrong PINs', { retryAfterSeconds: Math.max(1, Math.ceil(ms / 1000)) });
}

function resetRequired(): Refusal {
  return new Refusal('pin_reset_required', 'set the payment PIN anew by a bound card and a code');
}
