import { Agent, type buildConnector, type Dispatcher } from 'undici';
import type { OutboundReply, OutboundRequest, Send } from '../base/outbound.ts';

export interface SendOptions {
  /** Connections kept open to one origin; further calls wait for one within their own deadline. */
  connectionsPerOriginMax: number;
  /** Name look-up, TCP and TLS together. */
  connectTimeoutMs: number;
  /** How long an unused connection is kept. Shorter than what servers do, so that a call rarely meets a closing one. */
  idleTimeoutMs: number;
  /** PEM certificates to trust instead of the machine's own list; only for tests and private networks. */
  trustedCertificates?: string;
  /** How connections are made, in place of the usual way; vetted-send.ts looks at the address here. */
  connect?: buildConnector.connector;
}

/** A reply of which the beginning may be enough. */
export type StartReply = Exclude<OutboundReply, { kind: 'reply' }> | (WholeReply & { cut?: true });
type WholeReply = Extract<OutboundReply, { kind: 'reply' }>;

/**
 * A call that is content with the beginning: after `replyBytesMax` bytes the rest is left unread (`cut`). A body that `wants` declines, by
 * status and headers, is not read at all; then it is empty and `cut`.
 */
export type SendForStart = (
  request: OutboundRequest,
  wants: (status: number, headers: Record<string, string>) => boolean,
) => Promise<StartReply>;

export interface Sender {
  send: Send;
  sendForStart: SendForStart;
  /** Waits for calls under way, then closes every connection. */
  close(): Promise<void>;
  /** Cuts them off instead. */
  destroy(): Promise<void>;
}

/**
 * The real `Send`: one deadline over the whole call, a bounded reply, no redirects, pooled connections. undici tells us the
 * moment before a request is written to a connected (and TLS-checked) socket; whatever goes wrong earlier is `not_sent`,
 * whatever goes wrong later is `no_answer`. Nothing is ever sent twice.
 */
export function createSend(options: SendOptions): Sender {
  const agent = new Agent({
    connections: options.connectionsPerOriginMax,
    pipelining: 1,
    keepAliveTimeout: options.idleTimeoutMs,
    keepAliveMaxTimeout: options.idleTimeoutMs,
    headersTimeout: 0, // the deadline over the whole call is ours
    bodyTimeout: 0,
    connect: options.connect ?? {
      timeout: options.connectTimeoutMs,
      ...(options.trustedCertificates === undefined ? {} : { ca: options.trustedCertificates }),
    },
  });
  return {
    send: (request) => dispatch(agent, request, null),
    sendForStart: (request, wants) => dispatch(agent, request, wants),
    close: () => agent.close(),
    destroy: () => agent.destroy(),
  };
}

/** Null: the whole reply is wanted or none. */
type Wants = Parameters<SendForStart>[1] | null;

function dispatch(agent: Agent, request: OutboundRequest, wants: Wants): Promise<StartReply> {
  const address = httpAddress(request.url);
  if (address === null) return Promise.resolve({ kind: 'not_sent', reason: 'not an http address' });
  return new Promise((resolve) => {
    const call = new Call(request, wants, resolve);
    try {
      agent.dispatch(
        {
          origin: address.origin,
          path: address.pathname + address.search,
          method: request.method,
          headers: request.headers,
          body: request.method === 'GET' ? null : request.body,
        },
        call,
      );
    } catch (error) {
      call.fail(reasonOf(error)); // a header or method that HTTP does not allow
    }
  });
}

/** One call on its way; whichever of answer, error and deadline comes first settles it. */
class Call implements Dispatcher.DispatchHandler {
  readonly #request: OutboundRequest;
  readonly #wants: Wants;
  readonly #resolve: (reply: StartReply) => void;
  readonly #deadline: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(request: OutboundRequest, wants: Wants, resolve: (reply: StartReply) => void) {
    this.#request = request;
    this.#wants = wants;
    this.#resolve = resolve;
    this.#deadline = setTimeout(() => this.#giveUp(`no answer within ${request.timeoutMs} ms`), request.timeoutMs);
  }

  /** The next thing undici does is write. After the deadline it is told not to, so that `not_sent` stays true. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) controller.abort(new Error('too late'));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    if (status < 200) return; // 1xx: the answer is still to come
    this.#status = status;
    this.#headers = flatten(headers);
    if (this.#wants !== null) {
      if (!this.#wants(status, this.#headers)) this.#cut();
    } else if (Number(this.#headers['content-length'] ?? 0) > this.#request.replyBytesMax)
      this.#giveUp('the reply is too long');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    const room = this.#request.replyBytesMax - this.#bytes;
    this.#bytes += chunk.length;
    if (chunk.length <= room) this.#chunks.push(chunk);
    else if (this.#wants === null) this.#giveUp('the reply is too long');
    else {
      this.#chunks.push(chunk.subarray(0, room));
      this.#cut();
    }
  }

  onResponseEnd(): void {
    this.#settle(this.#reply());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(reasonOf(error));
  }

  fail(reason: string): void {
    this.#settle({ kind: this.#controller === null ? 'not_sent' : 'no_answer', reason });
  }

  #reply(): WholeReply {
    return { kind: 'reply', status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) };
  }

  /** The rest is not wanted: its connection is closed, since nobody will read it to its end. */
  #cut(): void {
    this.#settle({ ...this.#reply(), cut: true });
    this.#controller?.abort(new Error('the rest is not wanted'));
  }

  #giveUp(reason: string): void {
    this.fail(reason);
    this.#controller?.abort(new Error(reason));
  }

  #settle(reply: StartReply): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#resolve(reply);
  }
}

type RawHeaders = Record<string, string | string[] | undefined>;

function flatten(headers: RawHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function httpAddress(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === ''; // a password in an address would be sent nowhere
  return isPlain && (url.protocol === 'https:' || url.protocol === 'http:') ? url : null;
}

/** `ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:9`: the code first, so that people can search for it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses tried in vain come as an AggregateError without a message of its own.
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  return `${code}: ${cause.message}`;
}
