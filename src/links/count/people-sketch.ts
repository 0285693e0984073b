import { assert } from '../../base/assert.ts';
import { LINK_PEOPLE_EXACT_MAX } from '../../base/link-limits.ts';

/*
 * HyperLogLog over 32-bit hashes: the first 12 bits choose one of 4096 registers, which keeps the longest run of zeros that the other 20 bits
 * began with. The estimate is Ertl's improved one ("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6), which
 * needs no corrections by range. Its standard error is 1.04 / √4096 = 1.6%. Two people in some 2^32 / n share a hash, so past 100 million a
 * day it tells too few.
 */
const REGISTER_BITS = 12;
const REGISTERS = 2 ** REGISTER_BITS;
const REST_BITS = 32 - REGISTER_BITS;
const ALPHA = 1 / (2 * Math.LN2);

const EXACT = 1;
const ESTIMATED = 2;

/**
 * How many different people there were, without who they were. While they are few, their hashes are kept and the number is exact; a sketch of
 * the same people is the same bytes, and two sketches merge into that of all their people.
 */
export class PeopleSketch {
  #hashes: Set<number> | null = new Set();
  #registers: Uint8Array | null = null;

  /** A hash is 32 bits, unsigned; the same person has the same. */
  add(hash: number): void {
    if (this.#registers !== null) return raise(this.#registers, hash);
    const hashes = this.#hashes ?? new Set();
    hashes.add(hash);
    if (hashes.size > LINK_PEOPLE_EXACT_MAX) this.#toRegisters();
  }

  /** Exact for few people. Among many it is sure only of who was not there: another may have left the same trace. */
  has(hash: number): boolean {
    if (this.#registers === null) return this.#hashes?.has(hash) ?? false;
    const { index, rank } = placeOf(hash);
    return rank <= (this.#registers[index] ?? 0);
  }

  merge(other: PeopleSketch): void {
    for (const hash of other.#hashes ?? []) this.add(hash);
    if (other.#registers === null) return;
    const registers = this.#toRegisters();
    for (let index = 0; index < REGISTERS; index++)
      registers[index] = Math.max(registers[index] ?? 0, other.#registers[index] ?? 0);
  }

  /** A whole number, exact up to LINK_PEOPLE_EXACT_MAX people. */
  estimate(): number {
    if (this.#registers === null) return this.#hashes?.size ?? 0;
    return Math.round(estimateOf(this.#registers));
  }

  /** Nothing for nobody; else a byte for the form, and sorted hashes or all registers. */
  toBytes(): Buffer {
    if (this.#registers !== null) return Buffer.concat([Buffer.of(ESTIMATED), this.#registers]);
    const hashes = [...(this.#hashes ?? [])].toSorted((a, b) => a - b); // quick: what was read is in order already
    if (hashes.length === 0) return Buffer.alloc(0);
    const bytes = Buffer.alloc(1 + 4 * hashes.length);
    bytes.writeUInt8(EXACT, 0);
    for (const [index, hash] of hashes.entries()) bytes.writeUInt32LE(hash, 1 + 4 * index);
    return bytes;
  }

  /** What toBytes wrote. */
  static fromBytes(bytes: Buffer): PeopleSketch {
    const sketch = new PeopleSketch();
    if (bytes.length === 0) return sketch;
    if (bytes[0] === ESTIMATED) {
      assert(bytes.length === 1 + REGISTERS, 'a sketch has all its registers');
      sketch.#hashes = null;
      sketch.#registers = Uint8Array.from(bytes.subarray(1));
      return sketch;
    }
    assert(bytes[0] === EXACT && bytes.length % 4 === 1, 'a sketch is hashes or registers');
    for (let at = 1; at < bytes.length; at += 4) sketch.add(bytes.readUInt32LE(at));
    return sketch;
  }

  #toRegisters(): Uint8Array {
    if (this.#registers !== null) return this.#registers;
    const registers = new Uint8Array(REGISTERS);
    for (const hash of this.#hashes ?? []) raise(registers, hash);
    this.#hashes = null;
    this.#registers = registers;
    return registers;
  }
}

/** The register of a hash, and what it raises it to. */
function placeOf(hash: number): { index: number; rank: number } {
  // The rest at the left end; the one that is put behind it ends the count where it is all zeros.
  return {
    index: hash >>> REST_BITS,
    rank: Math.clz32((hash << REGISTER_BITS) | (1 << (REGISTER_BITS - 1))) + 1,
  };
}

function raise(registers: Uint8Array, hash: number): void {
  const { index, rank } = placeOf(hash);
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

function estimateOf(registers: Uint8Array): number {
  const counts = new Uint32Array(REST_BITS + 2);
  for (let index = 0; index < REGISTERS; index++) {
    const rank = registers[index] ?? 0;
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  const count = (rank: number): number => counts[rank] ?? 0;
  let sum = REGISTERS * tau(1 - count(REST_BITS + 1) / REGISTERS);
  for (let rank = REST_BITS; rank >= 1; rank--) sum = 0.5 * (sum + count(rank));
  sum += REGISTERS * sigma(count(0) / REGISTERS);
  return (ALPHA * REGISTERS * REGISTERS) / sum;
}

/** x + Σ x^(2^k) · 2^(k−1), for registers that are still empty. */
function sigma(start: number): number {
  if (start === 1) return Infinity;
  let [x, y, sum, before] = [start, 1, start, -1];
  while (sum !== before) {
    x *= x;
    before = sum;
    sum += x * y;
    y += y;
  }
  return sum;
}

/** (1 − x − Σ (1 − x^(2^−k))² · 2^−k) / 3, for registers that can rise no further. */
function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let [x, y, sum, before] = [start, 1, 1 - start, -1];
  while (sum !== before) {
    x = Math.sqrt(x);
    before = sum;
    y *= 0.5;
    sum -= (1 - x) ** 2 * y;
  }
  return sum / 3;
}
