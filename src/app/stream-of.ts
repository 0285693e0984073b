/** What a use case tells one by one while it works, as something to walk over; what it throws is thrown at the end of the walk. */
export async function* streamOf<T>(run: (tell: (part: T) => void) => Promise<unknown>): AsyncGenerator<T> {
  const waiting: T[] = [];
  const state: { isOver: boolean; error: unknown; wake: () => void } = {
    isOver: false,
    error: null,
    wake: () => undefined,
  };
  const running = run((part) => {
    waiting.push(part);
    state.wake();
  })
    .catch((error: unknown) => (state.error = error))
    .finally(() => {
      state.isOver = true;
      state.wake();
    });
  for (;;) {
    const woken = new Promise<void>((resolve) => (state.wake = resolve));
    yield* waiting.splice(0);
    if (state.isOver && waiting.length === 0) break;
    if (waiting.length === 0) await woken;
  }
  await running;
  if (state.error !== null) throw state.error;
}
