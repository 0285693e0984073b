import type { Log } from '../../base/log.ts';
import { type BookFile, openBookFile } from '../wallets/ground/book-file.ts';

/**
 * The events of a world in a file, written together once a turn of the event loop: nobody is answered before what he is told is
 * written down, and thousands of messages a second cost a few writes.
 */
export class Journal<Event extends object> {
  readonly #file: BookFile<{ events: Event[] }>;
  readonly #isKept: boolean;
  readonly #log: Log;
  #events: Event[] = [];
  #waiting: (() => void)[] = [];
  #isDue = false;
  #isBroken = false;

  /** Hands every event of an earlier run to `onEvent`, oldest first. With `path` null nothing is kept. */
  constructor(path: string | null, log: Log, onEvent: (event: Event) => void) {
    this.#log = log;
    this.#isKept = path !== null;
    this.#file = openBookFile<{ events: Event[] }>(path, ({ events }) => {
      for (const event of events) onEvent(event);
    });
  }

  append(event: Event): void {
    if (this.#isKept) this.#events.push(event);
    this.#arm();
  }

  /** Runs once everything that was appended so far is written; never when it cannot be. */
  afterKept(run: () => void): void {
    this.#waiting.push(run);
    this.#arm();
  }

  close(): void {
    this.#flush();
    this.#isBroken = true;
    this.#file.close();
  }

  #arm(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isDue = false;
    const [events, waiting] = [this.#events, this.#waiting];
    [this.#events, this.#waiting] = [[], []];
    if (this.#isBroken) return;
    try {
      if (events.length > 0) this.#file.append({ events });
    } catch (error) {
      // What was decided is not written: saying nothing from now on is what a bank without its books can do.
      this.#isBroken = true;
      this.#log.error({ error: String(error) }, 'the pretend banks cannot write their books and fall silent');
      return;
    }
    for (const run of waiting) run();
  }
}
