import type { Terminal } from './command.ts';

const SLOW_MS = 400;

/** Says what is going on, when it takes longer than a moment. */
export async function withProgress<T>(terminal: Terminal, what: string, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => terminal.note(what), SLOW_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
