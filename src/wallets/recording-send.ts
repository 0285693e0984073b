import type { OutboundReply, OutboundRequest, Send } from '../base/outbound.ts';

/** One call as people may see it: secrets masked, signatures and certificates shortened. */
export interface RecordedCall {
  method: OutboundRequest['method'];
  /** Without its query, which is among the sent fields. */
  url: string;
  sent: Record<string, string>;
  reply:
    | { kind: 'reply'; status: number; received: Record<string, string> }
    | { kind: 'not_sent' | 'no_answer'; reason: string };
}

export interface RecordingOptions {
  /** The wallet's `secretFields`. */
  secretFields: readonly string[];
  /** Reads a reply's body by the wallet's own rule; null when it is not readable. */
  readReply(body: Buffer): Record<string, string> | null;
  /** Told after each call; must not throw. */
  onCall(call: RecordedCall): void;
}

/** Lets every call through unchanged and tells a listener what went over the wire. */
export function recordSend(send: Send, options: RecordingOptions): Send {
  return async (request) => {
    const reply = await send(request);
    options.onCall(record(request, reply, options));
    return reply;
  };
}

/** Fields as people may see them; also for a form that a browser will post. */
export function maskFields(fields: Record<string, string>, secretFields: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretFields.includes(name) ? '******' : shorten(name, value),
    ]),
  );
}

function record(request: OutboundRequest, reply: OutboundReply, options: RecordingOptions): RecordedCall {
  const url = new URL(request.url);
  const sent = { ...Object.fromEntries(url.searchParams), ...readSent(request) };
  return {
    method: request.method,
    url: url.origin + url.pathname,
    sent: maskFields(sent, options.secretFields),
    reply:
      reply.kind === 'reply'
        ? {
            kind: 'reply',
            status: reply.status,
            received: maskFields(readReceived(reply.body, options), options.secretFields),
          }
        : reply,
  };
}

function readSent(request: OutboundRequest): Record<string, string> {
  const text = request.body.toString();
  return readJson(text) ?? Object.fromEntries(new URLSearchParams(text));
}

/** What cannot be read cannot be masked: only its length is told. */
function readReceived(body: Buffer, options: RecordingOptions): Record<string, string> {
  return options.readReply(body) ?? readJson(body.toString()) ?? { '(unreadable)': `${body.length} bytes` };
}

/** The top level of a JSON object, everything as text; null for anything else. */
function readJson(text: string): Record<string, string> | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const entries = Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      typeof inner === 'string' ? inner : JSON.stringify(inner),
    ]);
    return Object.fromEntries(entries);
  } catch {
    return null;
  }
}

function shorten(name: string, value: string): string {
  if (value.startsWith('-----BEGIN')) return `${value.split(/[\r\n]/, 1)[0]} … (${value.length} characters)`;
  const charsMax = /sign(ature)?$/i.test(name) ? 12 : 200;
  return value.length > charsMax ? `${value.slice(0, charsMax)}… (${value.length} characters)` : value;
}
