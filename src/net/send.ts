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

export interface Sender {
  send: Send;
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
    send: (request) => dispatch(agent, request),
    close: () => agent.close(),
    destroy: () => agent.destroy(),
  };
}

function dispatch(agent: Agent, request: OutboundRequest): Promise<OutboundReply> {
  const address = httpAddress(request.url);
  if (address === null) return Promise.resolve({ kind: 'not_sent', reason: 'not an http address' });
  return new Promise((resolve) => {
    const call = new Call(request, resolve);
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
  readonly #resolve: (reply: OutboundReply) => void;
  readonly #deadline: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | null = null;
  #settled = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(request: OutboundRequest, resolve: (reply: OutboundReply) => void) {
    this.#request = request;
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
    if (Number(this.#headers['content-length'] ?? 0) > this.#request.replyBytesMax)
      this.#giveUp('the reply is too long');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#request.replyBytesMax) this.#giveUp('the reply is too long');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle({ kind: 'reply', status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(reasonOf(error));
  }

  fail(reason: string): void {
    this.#settle({ kind: this.#controller === null ? 'not_sent' : 'no_answer', reason });
  }

  #giveUp(reason: string): void {
    this.fail(reason);
    this.#controller?.abort(new Error(reason));
  }

  #settle(reply: OutboundReply): void {
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
