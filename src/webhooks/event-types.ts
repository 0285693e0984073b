import { WEBHOOK_EVENT_TYPES_MAX } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { EVENT_TYPES } from './webhook.ts';

const KNOWN: ReadonlySet<string> = new Set(['*', ...EVENT_TYPES]);

/** Checks an endpoint's filter and drops repetitions. @throws Refusal invalid_request, param event_types. */
export function readEventTypes(types: readonly string[]): string[] {
  const wanted = [...new Set(types)];
  const unknown = wanted.find((type) => !KNOWN.has(type));
  if (wanted.length === 0 || wanted.length > WEBHOOK_EVENT_TYPES_MAX || unknown !== undefined) {
    const detail = `Event types are "*" alone or some of: ${EVENT_TYPES.join(', ')}.`;
    throw new Refusal('invalid_request', detail, { param: 'event_types' });
  }
  return wanted.includes('*') ? ['*'] : wanted;
}
