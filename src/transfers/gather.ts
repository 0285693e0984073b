interface Waiter<Value> {
  key: string;
  resolve(value: Value | undefined): void;
  reject(error: unknown): void;
}

/**
 * Asks for many what is wanted by one: keys that are asked for while a look-up is under way go into the next one together. A key that the
 * look-up does not find is undefined.
 */
export function createGatherer<Value>(
  load: (keys: string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  let waiting: Waiter<Value>[] = [];
  let working = false;

  async function work(): Promise<void> {
    working = true;
    while (waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve)); // all that this turn of the event loop still brings goes along
      const mine = waiting;
      waiting = [];
      try {
        const found = await load([...new Set(mine.map(({ key }) => key))]);
        for (const waiter of mine) waiter.resolve(found.get(waiter.key));
      } catch (error) {
        for (const waiter of mine) waiter.reject(error);
      }
    }
    working = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!working) void work();
    });
}
