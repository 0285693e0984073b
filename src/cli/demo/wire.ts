import type { IncomingHttpHeaders } from 'node:http';
import type { Fetch } from '../../../sdk/src/index.ts';
import { maskFields, type RecordedCall } from '../../wallets/recording-send.ts';
import { unionpay } from '../../wallets/unionpay/unionpay.ts';

/** One call as it went over the wire, secrets masked and long values shortened. */
export interface Wire {
  from: Party;
  to: Party;
  method: string;
  url: string;
  sent: Record<string, string>;
  /** Null when no answer came. */
  status: number | null;
  received: Record<string, string>;
}

export type Party = 'shop' | 'hutong' | 'unionpay' | 'app';

/** Keeps calls until a step shows them. */
export interface WireLog {
  note(wire: Wire): void;
  /** Hands out what was noted and is wanted; the rest stays. */
  take(isWanted: (wire: Wire) => boolean): Wire[];
  has(isWanted: (wire: Wire) => boolean): boolean;
}

export function createWireLog(): WireLog {
  let kept: Wire[] = [];
  return {
    note: (wire) => void kept.push(wire),
    take(isWanted) {
      const taken = kept.filter(isWanted);
      kept = kept.filter((wire) => !isWanted(wire));
      // A call is noted when it ends, so what it caused stands before it; what the shop asked came first.
      return [...taken.filter((wire) => wire.from === 'shop'), ...taken.filter((wire) => wire.from !== 'shop')];
    },
    has: (isWanted) => kept.some(isWanted),
  };
}

/** What the shop asked of us and what we asked of the wallet, without webhooks. */
export function isAsking(wire: Wire): boolean {
  return wire.to !== 'shop';
}

const API_SECRETS = ['authorization', 'secret', 'settings'];

/** The SDK's own way out, with every call noted. */
export function recordingFetch(log: WireLog): Fetch {
  return async (url, init) => {
    const reply = await fetch(url, init);
    const text = await reply.text();
    // Asking again and again tells nothing new.
    if (init.method !== 'GET') {
      log.note({
        from: 'shop',
        to: 'hutong',
        method: init.method,
        url,
        sent: maskFields({ ...pickHeaders(init.headers), ...readFields(init.body ?? '') }, API_SECRETS),
        status: reply.status,
        received: maskFields(readFields(text), API_SECRETS),
      });
    }
    return { status: reply.status, headers: reply.headers, text: async () => text };
  };
}

export function walletWire(call: RecordedCall): Wire {
  const { method, url, sent, reply } = call;
  const came = reply.kind === 'reply';
  return {
    from: 'hutong',
    to: 'unionpay',
    method,
    url,
    sent,
    status: came ? reply.status : null,
    received: came ? reply.received : { [reply.kind]: reply.reason },
  };
}

/** A notification, from the body as the gateway sent it. */
export function notificationWire(sent: { url: string; body: string; status: number | null }): Wire {
  const fields = Object.fromEntries(new URLSearchParams(sent.body));
  return {
    from: 'unionpay',
    to: 'hutong',
    method: 'POST',
    url: sent.url,
    sent: shortenCertificate(maskFields(fields, unionpay.secretFields)),
    status: sent.status,
    received: {},
  };
}

export function webhookWire(url: string, headers: IncomingHttpHeaders, body: string, status: number): Wire {
  return {
    from: 'hutong',
    to: 'shop',
    method: 'POST',
    url,
    sent: { ...maskFields(pickHeaders(headers), []), ...maskFields(readFields(body), []) },
    status,
    received: {},
  };
}

const HEADERS_SHOWN = ['authorization', 'idempotency-key', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];

function pickHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    HEADERS_SHOWN.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

/** The fields of a JSON object that say something, one level deep with amounts as text; the rest is left out. */
function readFields(text: string): Record<string, string> {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  const fields: Record<string, string> = {};
  const read = (object: object, prefix: string): void => {
    for (const [name, inner] of Object.entries(object) as [string, unknown][]) {
      if (inner === null || inner === '' || Array.isArray(inner) || LEFT_OUT.has(name)) continue;
      if (typeof inner !== 'object') fields[prefix + name] = typeof inner === 'string' ? inner : JSON.stringify(inner);
      else if ('currency' in inner && 'minor' in inner)
        fields[prefix + name] = `${String(inner.currency)} ${String(inner.minor)}`;
      else if (API_SECRETS.includes(name)) fields[prefix + name] = '';
      else read(inner, `${prefix}${name}.`);
    }
  };
  if (typeof value === 'object' && value !== null) read(value, '');
  return fields;
}

const LEFT_OUT = new Set(['object', 'metadata', 'livemode', 'return_url', 'version', 'created_at', 'ed25519']);

/** A certificate travels in one line in a form: its first words are enough. */
function shortenCertificate(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value.length > 80 ? `${value.slice(0, 40)}…` : value]),
  );
}
