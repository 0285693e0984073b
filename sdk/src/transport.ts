import { apiError, HutongApiError, HutongConnectionError, type HutongError } from './errors.ts';
import { parseJson, printJson } from './json.ts';
import { chance, type Fetch, type FetchReply, nowMs, pause, webCrypto } from './runtime.ts';

/** What one call may say for itself. */
export interface CallOptions {
  /** Your own name for this call, up to 255 visible characters: the same key and content never act twice. */
  idempotencyKey?: string;
  /** For each try; a call with retries takes longer. */
  timeoutMs?: number;
  maxRetries?: number;
  /** Gives up, and does not retry. */
  signal?: AbortSignal;
}

export interface TransportOptions {
  baseUrl: string;
  apiKey: string;
  maxRetries: number;
  timeoutMs: number;
  fetch: Fetch;
}

export interface CallRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: object;
  body?: object;
}

const FIRST_PAUSE_MS = 250;
const PAUSE_MS_MAX = 8_000;
/** Whoever asks us to wait longer than this is not waited for: the error goes to the caller. */
const RETRY_AFTER_MS_MAX = 60_000;
const USER_AGENT = 'hutong-sdk/0.1.0';

/**
 * One API call with its retries. A POST gets its Idempotency-Key before the first try and keeps it, so that a retry after
 * a lost answer never acts a second time.
 */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  async call(request: CallRequest, options: CallOptions = {}): Promise<unknown> {
    const url = this.#options.baseUrl + request.path + printQuery(request.query);
    const headers = await this.#headersOf(request, options);
    const body = request.body === undefined ? undefined : printJson(request.body);
    const retriesMax = options.maxRetries ?? this.#options.maxRetries;
    for (let retriesCount = 0; ; retriesCount++) {
      const answer = await this.#tryOnce(url, request.method, headers, body, options);
      if (answer.kind === 'done') return answer.body;
      // The first DELETE arrived after all, only its answer was lost.
      if (request.method === 'DELETE' && retriesCount > 0 && answer.status === 404) return null;
      const waitMs = answer.retryAfterMs ?? backoffMs(retriesCount);
      if (retriesCount >= retriesMax || !isRetryable(answer.error) || waitMs > RETRY_AFTER_MS_MAX) throw answer.error;
      await pause(waitMs, options.signal);
      options.signal?.throwIfAborted();
    }
  }

  async #headersOf(request: CallRequest, options: CallOptions): Promise<Record<string, string>> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      authorization: `Bearer ${this.#options.apiKey}`,
      'user-agent': USER_AGENT,
    };
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (request.method === 'POST') headers['idempotency-key'] = await readKey(options.idempotencyKey);
    return headers;
  }

  async #tryOnce(
    url: string,
    method: string,
    headers: Record<string, string>,
    body: string | undefined,
    options: CallOptions,
  ): Promise<Answer> {
    options.signal?.throwIfAborted();
    const controller = new AbortController();
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    const passOn = () => controller.abort();
    options.signal?.addEventListener('abort', passOn);
    try {
      const init = { method, headers, redirect: 'manual', signal: controller.signal } as const;
      const reply = await this.#options.fetch(url, body === undefined ? init : { ...init, body });
      return toAnswer(reply, await reply.text());
    } catch (error) {
      options.signal?.throwIfAborted();
      const what = controller.signal.aborted ? `No answer within ${timeoutMs} ms` : `No answer: ${reasonOf(error)}`;
      const failure = new HutongConnectionError(`${what} (${method} ${url.split('?')[0]})`, { cause: error });
      return { kind: 'failed', error: failure, status: null, retryAfterMs: null };
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', passOn);
    }
  }
}

type Answer =
  | { kind: 'done'; body: unknown }
  | { kind: 'failed'; error: HutongError; status: number | null; retryAfterMs: number | null };

function toAnswer(reply: FetchReply, text: string): Answer {
  const { status } = reply;
  if (status >= 200 && status < 300) return { kind: 'done', body: text === '' ? null : parseJson(text) };
  return { kind: 'failed', error: apiError(status, text), status, retryAfterMs: retryAfterMs(reply) };
}

/** Network failures; 408, 429 and 5xx unless the server says that it makes no sense; 409 only while a twin is running. */
function isRetryable(error: HutongError): boolean {
  if (!(error instanceof HutongApiError)) return error instanceof HutongConnectionError;
  const { status, code, retryable } = error;
  if (status === 409) return code === 'idempotency_key_in_use';
  return retryable && (status === 408 || status === 429 || status >= 500);
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterMs(reply: FetchReply): number | null {
  const header = reply.headers.get('retry-after');
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs();
  return Number.isNaN(ms) ? null : Math.max(ms, 0);
}

/** Doubles each time; half of it is chance, so that many clients do not come back together. */
function backoffMs(retriesCount: number): number {
  const fullMs = Math.min(FIRST_PAUSE_MS * 2 ** retriesCount, PAUSE_MS_MAX);
  return fullMs / 2 + (fullMs / 2) * chance();
}

async function readKey(own: string | undefined): Promise<string> {
  if (own === undefined) return (await webCrypto()).randomUUID();
  if (!/^[\x21\x23-\x7e]{1,255}$/.test(own)) {
    throw new TypeError('idempotencyKey must be 1 to 255 visible ASCII characters without quotation marks');
  }
  return own;
}

function printQuery(query: object | undefined): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null) params.append(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
