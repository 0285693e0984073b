import { createHmac, hkdfSync } from 'node:crypto';
import { hash as argon2Hash, parseOptions, verify as argon2Verify } from '@node-rs/argon2';
import { assert } from '../base/assert.ts';
import { PIN_HASHES_AT_ONCE, PIN_HASHES_QUEUED_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Secret } from '../base/secret.ts';

/** A PIN as it is kept. */
export interface PinHash {
  /** PHC text: algorithm, figures and salt stand in it. */
  hash: string;
  pepperId: string;
}

export interface PinHashes {
  /** Waits for one of the two places where hashing is done. @throws Refusal overloaded when too many wait already */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  hash(pin: string): Promise<PinHash>;
  /** Whether its pepper is one that we have; without it nothing can be compared. */
  isReadable(kept: PinHash): boolean;
  isRight(pin: string, kept: PinHash): Promise<boolean>;
  /** Made with another pepper or with other figures than new ones: to be made anew the next time that the PIN is there. */
  isStale(kept: PinHash): boolean;
}

/** OWASP's password storage cheat sheet: argon2id (the package's default kind) with 19 MiB, two passes, one lane. */
const FIGURES = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * argon2id over HMAC-SHA-256(pepper, PIN). Six digits are tried through in hours whatever the hash costs, so what protects a stolen table is the
 * pepper, which is derived from a master secret and never in the database.
 */
export function createPinHashes(masters: readonly [Secret, ...Secret[]]): PinHashes {
  const peppers = masters.map((master) => {
    const key = Buffer.from(hkdfSync('sha256', Buffer.from(master.reveal(), 'utf8'), '', 'hutong pin pepper', 32));
    return { key, id: createHmac('sha256', key).update('pepper id').digest('hex').slice(0, 8) };
  });
  const [newest] = peppers;
  assert(newest !== undefined, 'there is a master secret');
  // As text: the package compares nothing that is not UTF-8.
  const peppered = (key: Buffer, pin: string): string => createHmac('sha256', key).update(pin).digest('base64');
  const pepperOf = (kept: PinHash) => peppers.find(({ id }) => id === kept.pepperId);
  return {
    inTurn: createTurns(PIN_HASHES_AT_ONCE, PIN_HASHES_QUEUED_MAX),
    async hash(pin) {
      return { hash: await argon2Hash(peppered(newest.key, pin), FIGURES), pepperId: newest.id };
    },
    isReadable: (kept) => pepperOf(kept) !== undefined,
    async isRight(pin, kept) {
      const pepper = pepperOf(kept);
      return pepper !== undefined && (await argon2Verify(kept.hash, peppered(pepper.key, pin)));
    },
    isStale(kept) {
      const { memoryCost, timeCost, parallelism } = parseOptions(kept.hash);
      const isSame =
        memoryCost === FIGURES.memoryCost && timeCost === FIGURES.timeCost && parallelism === FIGURES.parallelism;
      return kept.pepperId !== newest.id || !isSame;
    },
  };
}

/** Hashing takes a core for tens of milliseconds each: whoever sends many PINs must not stop everything else. */
function createTurns(atOnce: number, queuedMax: number): PinHashes['inTurn'] {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy >= atOnce) {
      if (waiting.length >= queuedMax)
        throw new Refusal('overloaded', 'too many PINs are being checked', { retryAfterSeconds: 2 });
      await new Promise<void>((resolve) => waiting.push(resolve)); // whoever leaves hands its place on
    } else busy += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
}
