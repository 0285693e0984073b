import {
  WEBHOOK_ENDPOINT_SENDS_MAX,
  WEBHOOK_LANES_KEPT_MAX,
  WEBHOOK_QUICK_MS_MAX,
  WEBHOOK_UNWELL_SENDS_MAX,
} from '../base/limits.ts';
import type { Room } from './sending-store.ts';
import type { EndpointId } from './webhook.ts';

const SENDS_AT_FIRST = 2;

/**
 * How many tries may be under way to each endpoint at once. One that answers quickly gets one more each time, up to a
 * limit; one that is slow or fails gets half, one that lets us wait in vain a single one. All these together have only a
 * share of all sends, so that however many of them there are, the others find room. Kept in memory, by each node for itself.
 */
export class EndpointLanes {
  readonly #lanes = new Map<EndpointId, Lane>();
  #unwellUnderWay = 0;

  started(endpointId: EndpointId): void {
    const lane = this.#lanes.get(endpointId) ?? { sendsMax: SENDS_AT_FIRST, underWay: 0, isUnwell: false };
    this.#lanes.set(endpointId, lane);
    lane.underWay += 1;
    if (lane.isUnwell) this.#unwellUnderWay += 1;
  }

  /** True when there was no room before, of the endpoint or of all unwell ones, so that others may have waited for this. */
  finished(endpointId: EndpointId, result: { ok: boolean; durationMs: number }): boolean {
    const lane = this.#lanes.get(endpointId);
    if (lane === undefined) return false;
    const wasFull = lane.underWay >= lane.sendsMax || this.#unwellUnderWay >= WEBHOOK_UNWELL_SENDS_MAX;
    if (lane.isUnwell) this.#unwellUnderWay -= lane.underWay;
    lane.underWay -= 1;
    const isQuick = result.durationMs <= WEBHOOK_QUICK_MS_MAX;
    lane.isUnwell = !result.ok || !isQuick;
    if (result.ok && isQuick) lane.sendsMax = Math.min(lane.sendsMax + 1, WEBHOOK_ENDPOINT_SENDS_MAX);
    else if (result.ok || isQuick) lane.sendsMax = Math.max(Math.floor(lane.sendsMax / 2), SENDS_AT_FIRST);
    else lane.sendsMax = 1;
    if (lane.isUnwell) this.#unwellUnderWay += lane.underWay;
    // Beyond a certain number only the busy and the unwell are remembered; a quick one is soon back at its best.
    if (this.#lanes.size > WEBHOOK_LANES_KEPT_MAX && lane.underWay === 0 && !lane.isUnwell)
      this.#lanes.delete(endpointId);
    return wasFull;
  }

  room(): Room {
    const named = Array.from(this.#lanes, ([endpointId, lane]) => ({
      endpointId,
      room: Math.max(lane.sendsMax - lane.underWay, 0),
      isUnwell: lane.isUnwell,
    }));
    return { usual: SENDS_AT_FIRST, named, unwell: Math.max(WEBHOOK_UNWELL_SENDS_MAX - this.#unwellUnderWay, 0) };
  }
}

interface Lane {
  sendsMax: number;
  underWay: number;
  isUnwell: boolean;
}
