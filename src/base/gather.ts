import { BATCH_ITEMS_MAX } from './limits.ts';

interface Waiter<Item, Result> {
  items: readonly Item[];
  resolve(results: Result[]): void;
  reject(error: unknown): void;
}

/**
 * Asks for many what is wanted by one: lists that are handed in while a look-up is under way go into the next one together. Same index out as
 * in. Nothing waits for a timer.
 */
export function createListGatherer<Item, Result>(
  load: (items: readonly Item[]) => Promise<readonly Result[]>,
): (items: readonly Item[]) => Promise<Result[]> {
  const waiting: Waiter<Item, Result>[] = [];
  let working = false;

  async function work(): Promise<void> {
    working = true;
    while (waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve)); // all that this turn of the event loop still brings goes along
      const mine = waiting.splice(0, BATCH_ITEMS_MAX);
      try {
        const results = await load(mine.flatMap(({ items }) => items));
        let at = 0;
        for (const waiter of mine) waiter.resolve(results.slice(at, (at += waiter.items.length)));
      } catch (error) {
        for (const waiter of mine) waiter.reject(error);
      }
    }
    working = false;
  }

  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject });
      if (!working) void work();
    });
}

/** The same by key, each key once. A key that the look-up does not find is undefined. */
export function createGatherer<Value>(
  load: (keys: string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  const gather = createListGatherer<string, Value | undefined>(async (keys) => {
    const found = await load([...new Set(keys)]);
    return keys.map((key) => found.get(key));
  });
  return async (key) => (await gather([key]))[0];
}
