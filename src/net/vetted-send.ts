import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { OutboundReply, OutboundRequest, Send } from '../base/outbound.ts';
import { isLoopbackAddress, isPublicAddress, literalAddress } from './public-address.ts';

export interface VettedSendOptions {
  /** The sandbox only: this machine itself may be called. Nothing else of the private world, even then. */
  allowPrivate: boolean;
  connectionsPerOriginMax: number;
  /** Name look-up, TCP and TLS together. */
  connectTimeoutMs: number;
  /** How long an unused connection is kept. */
  idleTimeoutMs: number;
  /** The name look-up; tests put their own here. */
  lookup?: LookupAll;
  /** PEM certificates to trust instead of the machine's own list; only for tests. */
  trustedCertificates?: string;
}

export type LookupAll = (hostname: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export interface VettedSender {
  send: Send;
  close(): Promise<void>;
}

/**
 * A `Send` for addresses that strangers chose. A name is resolved once per connection, every address that comes back must
 * be public, and the socket is opened to exactly the address that was looked at, so a name that changes its mind between
 * check and use gains nothing. No redirects, one deadline over the whole call, a bounded reply.
 */
export function createVettedSend(options: VettedSendOptions): VettedSender {
  const agent = new Agent({
    connections: options.connectionsPerOriginMax,
    pipelining: 1,
    keepAliveTimeout: options.idleTimeoutMs,
    keepAliveMaxTimeout: options.idleTimeoutMs,
    headersTimeout: 0, // the deadline over the whole call is ours
    bodyTimeout: 0,
    connect: vettedConnector(options),
  });
  return { send: (request) => call(agent, request), close: () => agent.destroy() };
}

/** Nothing was sent: the address was refused, or no connection came about. */
class NotConnected extends Error {}

function vettedConnector(options: VettedSendOptions): buildConnector.connector {
  const isAllowed = (address: string) =>
    isPublicAddress(address) || (options.allowPrivate && isLoopbackAddress(address));
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    lookup: vettedLookup(options.lookup ?? lookupAll, isAllowed),
    ...(options.trustedCertificates === undefined ? {} : { ca: options.trustedCertificates }),
  });
  return (target, callback) => {
    const literal = literalAddress(target.hostname); // a literal address is never looked up
    if (literal !== null && !isAllowed(literal)) {
      callback(new NotConnected(`address refused: ${literal}`), null);
      return;
    }
    connect(target, (...[error, socket]) => {
      if (error !== null) callback(new NotConnected(reasonOf(error)), null);
      else if (isAllowed(remoteAddress(socket))) callback(null, socket);
      else {
        socket.destroy();
        callback(new NotConnected('address refused after connecting'), null);
      }
    });
  };
}

/** node:net connects to what its look-up answers, so this answer is both the check and the pin. */
function vettedLookup(lookup: LookupAll, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, { all }, callback) => {
    lookup(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      const refused = addresses?.find(({ address }) => !isAllowed(address));
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(new Error(`no address for ${hostname}`), '', 0);
      else if (refused !== undefined) callback(new Error(`address refused: ${hostname} is ${refused.address}`), '', 0);
      else if (all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function lookupAll(hostname: string, callback: (error: Error | null, addresses: LookupAddress[]) => void): void {
  systemLookup(hostname, { all: true }, callback);
}

/** Node shows an IPv4 peer of a dual-stack socket as ::ffff:a.b.c.d; here that is how it is printed, not where it leads. */
function remoteAddress(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

async function call(agent: Agent, request: OutboundRequest): Promise<OutboundReply> {
  const address = httpAddress(request.url);
  if (address === null) return { kind: 'not_sent', reason: 'not an http address' };
  const deadline = AbortSignal.timeout(request.timeoutMs);
  try {
    const reply = await agent.request({
      origin: address.origin,
      path: address.pathname + address.search,
      method: request.method,
      headers: request.headers,
      body: request.method === 'GET' ? null : request.body,
      signal: deadline,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of reply.body) {
      const part: Buffer = chunk; // undici's body streams bytes unless told otherwise
      bytes += part.length;
      if (bytes > request.replyBytesMax) return { kind: 'no_answer', reason: 'the reply is too long' };
      chunks.push(part);
    }
    return { kind: 'reply', status: reply.statusCode, headers: flatten(reply.headers), body: Buffer.concat(chunks) };
  } catch (error) {
    if (error instanceof NotConnected) return { kind: 'not_sent', reason: error.message };
    const reason = deadline.aborted ? `no answer within ${request.timeoutMs} ms` : reasonOf(error);
    return { kind: 'no_answer', reason };
  }
}

function httpAddress(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '';
  return isPlain && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses tried in vain come as an AggregateError without a message of its own.
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? `${cause.code}: ` : '';
  return code + cause.message;
}
