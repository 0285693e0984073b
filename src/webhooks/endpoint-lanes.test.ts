import { describe, expect, test } from 'vitest';
import {
  WEBHOOK_ENDPOINT_SENDS_MAX,
  WEBHOOK_LANES_KEPT_MAX,
  WEBHOOK_QUICK_MS_MAX,
  WEBHOOK_UNWELL_SENDS_MAX,
} from '../base/limits.ts';
import { EndpointLanes } from './endpoint-lanes.ts';
import type { EndpointId } from './webhook.ts';

const quick = { ok: true, durationMs: 20 };
const slow = { ok: true, durationMs: WEBHOOK_QUICK_MS_MAX + 1 };
const failed = { ok: false, durationMs: 20 };
const timedOut = { ok: false, durationMs: 10_000 };

describe('the room of an endpoint', () => {
  test('grows with every quick answer, up to a limit', () => {
    const lanes = new EndpointLanes();
    lanes.started('we_a');
    for (let count = 0; count < 100; count++) {
      lanes.started('we_a');
      lanes.finished('we_a', quick);
    }
    const room = WEBHOOK_ENDPOINT_SENDS_MAX - 1; // one is still under way
    expect(lanes.room().named).toEqual([{ endpointId: 'we_a', room, isUnwell: false }]);
  });

  test('shrinks with failures, down to one where we wait in vain, and counts what is under way', () => {
    const lanes = new EndpointLanes();
    for (let count = 0; count < 3; count++) lanes.started('we_a');
    lanes.finished('we_a', failed);
    expect(lanes.room().named).toEqual([{ endpointId: 'we_a', room: 0, isUnwell: true }]);
    lanes.finished('we_a', failed);
    expect(lanes.room().named).toEqual([{ endpointId: 'we_a', room: 1, isUnwell: true }]);
    lanes.finished('we_a', timedOut);
    expect(lanes.room().named).toEqual([{ endpointId: 'we_a', room: 1, isUnwell: true }]);
  });

  test('tells when a call that ends had left none for others', () => {
    const lanes = new EndpointLanes();
    lanes.started('we_a');
    expect(lanes.finished('we_a', quick)).toBe(false); // there was room for another one
    for (let count = 0; count < 3; count++) lanes.started('we_a');
    expect(lanes.finished('we_a', quick)).toBe(true);
    expect(lanes.finished('we_a', quick)).toBe(false);
    expect(lanes.finished('we_never', quick)).toBe(false);
  });

  test('of an endpoint that answers, but slowly, stays small', () => {
    const lanes = new EndpointLanes();
    for (let count = 0; count < 20; count++) {
      lanes.started('we_a');
      lanes.finished('we_a', slow);
    }
    expect(lanes.room().named).toEqual([{ endpointId: 'we_a', room: 2, isUnwell: true }]);
  });

  test('is remembered between messages, but of a thousand quick endpoints only while they are busy', () => {
    const lanes = new EndpointLanes();
    const visit = (id: EndpointId) => {
      lanes.started(id);
      lanes.finished(id, quick);
    };
    visit('we_a');
    expect(lanes.room()).toMatchObject({ usual: 2, named: [{ endpointId: 'we_a', room: 3, isUnwell: false }] });
    for (let count = 0; count < WEBHOOK_LANES_KEPT_MAX * 2; count++) visit(`we_${count}`);
    expect(lanes.room().named).toHaveLength(WEBHOOK_LANES_KEPT_MAX);
  });
});

test('the share of unwell endpoints is given back exactly, in whatever order they fall ill and recover', () => {
  const lanes = new EndpointLanes();
  const ids = ['we_a', 'we_b', 'we_c'] as const;
  const underWay = new Map<string, number>(ids.map((id) => [id, 0]));
  const unwell = new Set<string>();
  let seed = 7;
  const chance = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let step = 0; step < 5_000; step++) {
    const id = ids[chance(3)] ?? 'we_a';
    const count = underWay.get(id) ?? 0;
    if (count === 0 || chance(2) === 0) {
      lanes.started(id);
      underWay.set(id, count + 1);
    } else {
      const result = [quick, slow, failed, timedOut][chance(4)] ?? quick;
      lanes.finished(id, result);
      underWay.set(id, count - 1);
      if (result === quick) unwell.delete(id);
      else unwell.add(id);
    }
    const used = ids.reduce((sum, each) => sum + (unwell.has(each) ? (underWay.get(each) ?? 0) : 0), 0);
    expect(lanes.room().unwell).toBe(Math.max(WEBHOOK_UNWELL_SENDS_MAX - used, 0));
  }
});
