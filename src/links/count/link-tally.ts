import { LINK_SPLIT_NAME_CHARS_MAX, LINK_SPLIT_NAMES_MAX } from '../../base/link-limits.ts';
import { PeopleSketch } from './people-sketch.ts';

/** What opens are told apart by. `robot` and `step` are counts of their own; each of the others adds up to the opens of people. */
export const LINK_SPLITS = ['app', 'system', 'referrer', 'via', 'robot', 'step'] as const;
export type LinkSplit = (typeof LINK_SPLITS)[number];

/** Counts by name. */
export type Names = Map<string, number>;

export const HOURS = 24;

/** What was counted of one link on one day: of this second in a process, or of the whole day in the database. */
export class LinkTally {
  opens = 0;
  robots = 0;
  taps = 0;
  readonly hours: number[] = Array.from({ length: HOURS }, () => 0);
  readonly splits: Readonly<Record<LinkSplit, Names>>;
  readonly people: PeopleSketch;

  constructor(splits: Partial<Record<LinkSplit, Names>> = {}, people = new PeopleSketch()) {
    const { app, system, referrer, via, robot, step } = splits;
    this.splits = {
      app: app ?? new Map(),
      system: system ?? new Map(),
      referrer: referrer ?? new Map(),
      via: via ?? new Map(),
      robot: robot ?? new Map(),
      step: step ?? new Map(),
    };
    this.people = people;
  }

  /** Adds all of another: neither order nor how often it was cut in parts changes what comes out, but for which names come too late to be kept. */
  merge(other: LinkTally): void {
    this.opens += other.opens;
    this.robots += other.robots;
    this.taps += other.taps;
    for (const [hour, count] of other.hours.entries()) this.hours[hour] = (this.hours[hour] ?? 0) + count;
    for (const split of LINK_SPLITS)
      for (const [name, count] of other.splits[split]) addName(this.splits[split], name, count);
    this.people.merge(other.people);
  }
}

/** The name of all that has none: it was not told, was not fit to be kept, or came when there were enough. */
export const OTHER = 'other';

const KEEPABLE = new RegExp(`^[!-~]{1,${LINK_SPLIT_NAME_CHARS_MAX}}$`);

/** Names come from outside: only plain ones are kept, and a bounded number of them. */
export function addName(names: Names, name: string, count: number): void {
  const known = names.get(name);
  if (known !== undefined) names.set(name, known + count);
  else if (KEEPABLE.test(name) && names.size < LINK_SPLIT_NAMES_MAX) names.set(name, count);
  else names.set(OTHER, (names.get(OTHER) ?? 0) + count);
}
