import { nowMs } from '../runtime.ts';
import { askFlags, type FlagAnswer, type OfrepOptions } from './ofrep.ts';

export interface MemoryOptions extends OfrepOptions {
  /** An answer is given again for so long without asking. */
  memoryMs: number;
  /** Of so many contexts; the one that was not used for the longest is forgotten. */
  contextsMax: number;
}

interface Remembered {
  etag: string | null;
  flags: ReadonlyMap<string, FlagAnswer>;
  freshUntilMs: number;
}

/** What was answered for a context, and which flags differ from what was remembered for it. */
export interface Asked {
  flags: ReadonlyMap<string, FlagAnswer>;
  changed: readonly string[];
  /** False where it was remembered and nobody was asked. */
  wasAsked: boolean;
}

/** Answers of a moment ago, by context. What is older is asked for again by its tag, so that the same answer costs a few bytes. */
export class FlagMemory {
  readonly #options: MemoryOptions;
  readonly #known = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<Asked>>();

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  /** @throws OfrepError */
  async ask(context: Record<string, unknown>): Promise<Asked> {
    const name = JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#known.get(name);
    if (known && nowMs() < known.freshUntilMs) {
      this.#keep(name, known);
      return { flags: known.flags, changed: [], wasAsked: false };
    }
    const under = this.#asking.get(name) ?? this.#askAnew(name, context, known);
    this.#asking.set(name, under);
    try {
      return await under;
    } finally {
      this.#asking.delete(name);
    }
  }

  /** Everything is asked for again at its next use; tags are kept. */
  expire(): void {
    for (const known of this.#known.values()) known.freshUntilMs = 0;
  }

  async #askAnew(name: string, context: Record<string, unknown>, known: Remembered | undefined): Promise<Asked> {
    const askedAtMs = nowMs();
    const answer = await askFlags(this.#options, context, known?.etag ?? null);
    const { etag, flags } = answer ?? known ?? { etag: null, flags: new Map<string, FlagAnswer>() };
    this.#keep(name, { etag, flags, freshUntilMs: askedAtMs + this.#options.memoryMs });
    return { flags, changed: answer && known ? differing(known.flags, flags) : [], wasAsked: true };
  }

  /** The last in the map is the one used last. */
  #keep(name: string, known: Remembered): void {
    this.#known.delete(name);
    this.#known.set(name, known);
    const [first] = this.#known.keys();
    if (this.#known.size > this.#options.contextsMax && first !== undefined) this.#known.delete(first);
  }
}

function differing(before: ReadonlyMap<string, FlagAnswer>, after: ReadonlyMap<string, FlagAnswer>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key)));
}
