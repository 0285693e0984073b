import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LINK_PEOPLE_EXACT_MAX } from '../../base/link-limits.ts';
import { PeopleSketch } from './people-sketch.ts';

function hashOf(person: string): number {
  return Number.parseInt(hash('sha256', person, 'hex').slice(0, 8), 16);
}

function sketchOf(from: number, until: number, salt = ''): PeopleSketch {
  const sketch = new PeopleSketch();
  for (let at = from; at < until; at++) sketch.add(hashOf(`${salt}${at}`));
  return sketch;
}

describe('how many different people there were', () => {
  test('nobody is nobody, and takes no room', () => {
    const none = new PeopleSketch();
    expect(none.estimate()).toBe(0);
    expect(none.toBytes()).toHaveLength(0);
    expect(PeopleSketch.fromBytes(Buffer.alloc(0)).estimate()).toBe(0);
  });

  test.each([1, 2, 100, LINK_PEOPLE_EXACT_MAX])('%i people are counted exactly, however often they come', (people) => {
    const sketch = sketchOf(0, people);
    sketch.merge(sketchOf(0, people));
    expect(sketch.estimate()).toBe(people);
    expect(PeopleSketch.fromBytes(sketch.toBytes()).estimate()).toBe(people);
  });

  test('the standard error is the one that HyperLogLog with 4096 registers promises, 1.6%, over the whole range', () => {
    const sizes = [1_025, 4_000, 12_000, 40_000];
    const errors = sizes.map((size) => {
      const squares = Array.from({ length: 20 }, (_, seed) => {
        const sketch = sketchOf(0, size, `${seed} `);
        return (sketch.estimate() / size - 1) ** 2;
      });
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    });
    // 20 sketches measure a spread of 1.6% to about a sixth of it; twice the promise is past five of those.
    for (const error of errors) expect(error).toBeLessThan(0.026);
  });

  test('sketches of nodes merge into the sketch of all their people, byte for byte, in any order', () => {
    for (const [a, b] of [
      [100, 200],
      [900, 3000],
      [2000, 5000],
    ] as const) {
      const whole = sketchOf(0, b);
      const left = sketchOf(0, a);
      left.merge(sketchOf(a - 50, b));
      const right = sketchOf(a - 50, b);
      right.merge(sketchOf(0, a));
      expect(left.toBytes().equals(whole.toBytes())).toBe(true);
      expect(right.toBytes().equals(whole.toBytes())).toBe(true);
    }
  });

  test('hashes at both ends of the range are taken', () => {
    const sketch = new PeopleSketch();
    for (const hash of [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]) sketch.add(hash);
    expect(sketch.estimate()).toBe(5);
    const large = sketchOf(0, 3000);
    large.merge(sketch);
    const bytes = large.toBytes();
    expect(bytes[1]).toBe(21); // all zeros: the longest run there is
  });

  test('who was there is known exactly among few, and never forgotten among many', () => {
    const [few, many] = [new PeopleSketch(), new PeopleSketch()];
    const hashes = Array.from({ length: 3000 }, (_, at) => Math.imul(at, 2_654_435_761) >>> 0);
    for (const hash of hashes.slice(0, 500)) few.add(hash);
    for (const hash of hashes) many.add(hash);
    expect(hashes.filter((hash) => few.has(hash))).toEqual(hashes.slice(0, 500));
    expect(hashes.every((hash) => many.has(hash))).toBe(true);
    expect(PeopleSketch.fromBytes(many.toBytes()).has(hashes[2999] ?? 0)).toBe(true);
    expect(new PeopleSketch().has(0)).toBe(false);
  });

  test('bytes that are no sketch are refused', () => {
    expect(() => PeopleSketch.fromBytes(Buffer.of(2, 0, 0))).toThrow();
    expect(() => PeopleSketch.fromBytes(Buffer.of(7, 0, 0, 0, 0))).toThrow();
    expect(() => PeopleSketch.fromBytes(Buffer.of(1, 0, 0))).toThrow();
  });
});
