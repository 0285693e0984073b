import { LINK_SALT_GRACE_MINUTES } from '../../base/link-limits.ts';
import { addDays, shanghaiDay } from '../../base/shanghai.ts';
import type { LinksDeps } from '../links-deps.ts';
import { agreeOnSalt, deleteSalts } from './salt-store.ts';

const SALT_BYTES = 16;

type SaltDeps = Pick<LinksDeps, 'sql' | 'random' | 'log' | 'keyring' | 'book'>;

export interface DaySalts {
  /** The day's salt as hex; at once, also before the nodes have agreed on it: then it is the one that this node proposes. */
  of(day: string): string;
  /** Agrees with the other nodes on today's and tomorrow's, and has those of days that are over forgotten. Cheap when there is nothing to do. */
  keep(now: Date): Promise<void>;
}

/**
 * What people are hashed with, anew each day: a person's number of one day says nothing about the next, and when the salt is gone nobody can
 * try addresses against the numbers any more. It is known a day ahead, so that midnight waits for nothing.
 */
export function createDaySalts({ sql, random, log, keyring, book }: SaltDeps): DaySalts {
  const salts = new Map<string, { salt: string; isAgreed: boolean }>();
  let sweptFor = '';

  function of(day: string): string {
    const known = salts.get(day);
    if (known !== undefined) return known.salt;
    const salt = random.bytes(SALT_BYTES).toString('hex');
    salts.set(day, { salt, isAgreed: false });
    return salt;
  }

  async function agree(day: string, now: Date): Promise<void> {
    if (salts.get(day)?.isAgreed === true) return;
    const sealed = keyring.seal(of(day), aboutSalt(book, day));
    const agreed = await agreeOnSalt(sql, { book, day, sealed, now });
    salts.set(day, { salt: agreed === sealed ? of(day) : open(agreed, day), isAgreed: true });
  }

  /** Opens matter more than people: without the shared salt this node goes on with its own, and who comes to two nodes is two. */
  function open(sealed: string, day: string): string {
    return openSalt({ keyring, log }, { book, day, sealed }) ?? of(day);
  }

  return {
    of,
    async keep(now) {
      const today = shanghaiDay(now);
      await agree(today, now);
      await agree(addDays(today, 1), now);
      const kept = shanghaiDay(new Date(now.getTime() - LINK_SALT_GRACE_MINUTES * 60_000));
      if (sweptFor === kept) return;
      await deleteSalts(sql, book, kept);
      for (const day of salts.keys()) if (day < kept) salts.delete(day);
      sweptFor = kept;
    },
  };
}

/** Null where it was sealed with a secret that is gone. */
export function openSalt(
  { keyring, log }: Pick<LinksDeps, 'keyring' | 'log'>,
  { book, day, sealed }: { book: number; day: string; sealed: string },
): string | null {
  try {
    return keyring.open(sealed, aboutSalt(book, day));
  } catch (error) {
    log.error(
      { error, day },
      'the salt of a day cannot be opened: people of links are counted by each node for itself',
    );
    return null;
  }
}

function aboutSalt(book: number, day: string): string {
  return `link_salts ${book} ${day}`;
}
