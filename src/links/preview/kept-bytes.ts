import { assert } from '../../base/assert.ts';

/** What an entry costs besides its bytes: a key and its place. */
const ENTRY_BYTES = 512;

/** Values in memory up to so many bytes together, each good until its time; what was not asked for the longest goes first. */
export class KeptBytes<Value> {
  readonly #bytesMax: number;
  readonly #bytesOf: (value: Value) => number;
  readonly #kept = new Map<string, { value: Value; bytes: number; goodUntilMs: number }>();
  #bytes = 0;

  constructor(bytesMax: number, bytesOf: (value: Value) => number) {
    this.#bytesMax = bytesMax;
    this.#bytesOf = bytesOf;
  }

  get bytes(): number {
    return this.#bytes;
  }

  find(key: string, nowMs: number): Value | undefined {
    const entry = this.#kept.get(key);
    if (entry === undefined) return undefined;
    this.#drop(key);
    if (entry.goodUntilMs <= nowMs) return undefined;
    this.#put(key, entry); // the newest at the end
    return entry.value;
  }

  /** A value larger than all that may be kept is not kept. */
  keep(key: string, value: Value, goodUntilMs: number): void {
    this.#drop(key);
    const bytes = this.#bytesOf(value) + ENTRY_BYTES;
    if (bytes > this.#bytesMax) return;
    this.#put(key, { value, bytes, goodUntilMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#drop(oldest);
    }
    assert(this.#bytes >= 0 && this.#bytes <= this.#bytesMax, 'no more is kept than may be');
  }

  #put(key: string, entry: { value: Value; bytes: number; goodUntilMs: number }): void {
    this.#kept.set(key, entry);
    this.#bytes += entry.bytes;
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
