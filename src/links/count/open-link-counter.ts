import { setTimeout as sleep } from 'node:timers/promises';
import {
  LINK_CONVERSION_ITEMS,
  LINK_CONVERSION_MS,
  LINK_FLUSH_EARLY_ROWS,
  LINK_FLUSH_MS,
  LINK_FLUSH_ROWS,
  LINK_STOP_FLUSH_TRIES_MAX,
  LINK_TALLIES_MAX,
} from '../../base/link-limits.ts';
import { shanghaiDay } from '../../base/shanghai.ts';
import { pauseMs } from '../../db/backoff.ts';
import type { LinkCounter, LinkedPayments, OpenEvent } from '../links.ts';
import type { LinksDeps } from '../links-deps.ts';
import { addLinkDays, claimFlush, type LinkDay, sweepFlushes } from './count-store.ts';
import { countConversions, resumeConversions } from './count-conversions.ts';
import { createDaySalts } from './day-salts.ts';
import { hashPerson } from './hash-person.ts';
import { addName, LinkTally } from './link-tally.ts';
import { type Repeating, startRepeating } from './repeat.ts';

export interface LinkCounterDeps extends Pick<LinksDeps, 'sql' | 'clock' | 'random' | 'log' | 'keyring' | 'book'> {
  /** What is counted as a link's conversions. */
  payments: LinkedPayments;
}

export interface OpenLinkCounter extends LinkCounter {
  /** Resolves when what is paid from now on will be counted, also in a database that has just been restored. */
  ready(): Promise<void>;
  /** Begins to write what is counted, every second, and to count the payments that came by links. */
  startWork(): void;
  /** Writes what was counted until now. What cannot be written stays and is written by the next call. @throws what the database threw */
  flush(): Promise<void>;
  /** Writes everything; whoever counts has ended before. */
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** China has one time zone and no summer time (base/shanghai.ts). */
const SHANGHAI_MS = 8 * HOUR_MS;
const FLUSHES_KEPT_MS = 7 * DAY_MS;

/** Rows that are written by one transaction, under a number that is used once: sent twice, they are added once. */
interface Batch {
  flushNo: number;
  rows: readonly LinkDay[];
}

/**
 * Counts opens in memory and adds them to the database once a second. What a process holds when it is killed is lost, a second's worth; a
 * clean stop loses nothing, and while the database is away everything is kept and written when it is back.
 */
export function openLinkCounter(deps: LinkCounterDeps, talliesMax = LINK_TALLIES_MAX): OpenLinkCounter {
  const { sql, clock, random, log, book } = deps;
  const node = random.bytes(12).toString('base64url');
  const salts = createDaySalts(deps);
  let held = new Map<string, LinkDay>();
  let batches: Batch[] = [];
  let flushNo = 0;
  let lost = 0;
  let today = { dayNo: -1, day: '', salt: '' };
  let works: Repeating[] = [];

  /** The tally of a link on the day that this instant lies in; undefined when there is no more room. */
  function tallyOf(linkBook: number, linkId: string, localMs: number): LinkTally | undefined {
    const dayNo = Math.floor(localMs / DAY_MS);
    if (dayNo !== today.dayNo) turnTo(dayNo);
    const known = held.get(linkId);
    return known === undefined ? begin(linkBook, linkId) : known.tally;
  }

  function turnTo(dayNo: number): void {
    setAside();
    const day = shanghaiDay(new Date(dayNo * DAY_MS - SHANGHAI_MS));
    today = { dayNo, day, salt: salts.of(day) };
  }

  function begin(linkBook: number, linkId: string): LinkTally | undefined {
    if (held.size + batches.length * LINK_FLUSH_ROWS >= talliesMax) {
      lost += 1;
      return undefined;
    }
    const tally = new LinkTally();
    held.set(linkId, { book: linkBook, linkId, day: today.day, tally });
    if (held.size === LINK_FLUSH_EARLY_ROWS) works[0]?.wake();
    return tally;
  }

  /** What is held becomes batches; from here on it is added to no more. */
  function setAside(): void {
    const rows = [...held.values()];
    held = new Map();
    for (let at = 0; at < rows.length; at += LINK_FLUSH_ROWS) {
      flushNo += 1;
      batches.push({ flushNo, rows: rows.slice(at, at + LINK_FLUSH_ROWS) });
    }
  }

  function opened(event: OpenEvent): void {
    const localMs = clock.now().getTime() + SHANGHAI_MS;
    const tally = tallyOf(event.book, event.linkId, localMs);
    if (tally === undefined) return;
    const { splits } = tally;
    if (event.robot !== null) {
      tally.robots += 1;
      return addName(splits.robot, event.robot, 1);
    }
    const hour = Math.floor((localMs % DAY_MS) / HOUR_MS);
    tally.opens += 1;
    tally.hours[hour] = (tally.hours[hour] ?? 0) + 1;
    addName(splits.app, event.app, 1);
    addName(splits.system, event.os, 1);
    addName(splits.referrer, event.referrerHost ?? 'none', 1);
    addName(splits.via, event.via, 1);
    tally.people.add(hashPerson(today.salt, event.address, event.userAgent));
  }

  function tapped({ book: linkBook, linkId, step }: { book: number; linkId: string; step: string }): void {
    const tally = tallyOf(linkBook, linkId, clock.now().getTime() + SHANGHAI_MS);
    if (tally === undefined) return;
    tally.taps += 1;
    addName(tally.splits.step, step, 1);
  }

  let flushing: Promise<void> = Promise.resolve();
  /** One after the other: batches are written in the order of their numbers. */
  async function flush(): Promise<void> {
    const mine = flushing.then(writeAll);
    flushing = mine.catch(() => undefined); // told to whoever asked
    return mine;
  }

  async function writeAll(): Promise<void> {
    await keepSalts();
    await writeBatches(); // those that could not be written before: until then, what is held grows in one place
    setAside();
    await writeBatches();
    if (lost === 0) return;
    log.error({ opens: lost }, 'opens of links were not counted: the database was away for longer than memory lasts');
    lost = 0;
  }

  async function writeBatches(): Promise<void> {
    for (let batch = batches[0]; batch !== undefined; batch = batches[0]) {
      await write(batch);
      batches = batches.slice(1);
    }
  }

  async function keepSalts(): Promise<void> {
    const now = clock.now();
    await salts.keep(now);
    if (today.day !== '') today = { ...today, salt: salts.of(today.day) };
  }

  async function write({ flushNo: no, rows }: Batch): Promise<void> {
    await sql.begin(async (tx) => {
      const isNew = await claimFlush(tx, { book, node, flushNo: no, now: clock.now() });
      if (isNew) await addLinkDays(tx, rows);
    });
  }

  async function countAllConversions(): Promise<void> {
    for (let found = LINK_CONVERSION_ITEMS; found === LINK_CONVERSION_ITEMS; ) found = await countConversions(deps);
  }

  async function stop(): Promise<void> {
    await Promise.all(works.map((one) => one.stop()));
    works = [];
    for (let tryNo = 1; ; tryNo++) {
      try {
        return await flush();
      } catch (error) {
        if (tryNo === LINK_STOP_FLUSH_TRIES_MAX) {
          const links = batches.reduce((sum, { rows }) => sum + rows.length, 0);
          log.error({ error, links }, 'the last opens of links could not be written and are lost');
          return;
        }
        await sleep(pauseMs(tryNo + 2));
      }
    }
  }

  return {
    opened,
    tapped,
    flush,
    stop,
    ready: () => resumeConversions(deps),
    startWork() {
      if (works.length > 0) return;
      void sweepFlushes(sql, book, new Date(clock.now().getTime() - FLUSHES_KEPT_MS)).catch(() => undefined); // only tidying
      works = [
        startRepeating({ name: 'opens of links', everyMs: LINK_FLUSH_MS, run: flush, log }),
        startRepeating({ name: 'payments by links', everyMs: LINK_CONVERSION_MS, run: countAllConversions, log }),
      ];
    },
  };
}
