import type { Api, Balance } from '../api.ts';
import { Problem } from './problem.ts';

export type Route = keyof Api;
/** What a route takes: path parameters, query, body. */
export type Input<R extends Route> = Omit<Api[R], 'reply'>;
export type Reply<R extends Route> = Api[R]['reply'];

interface Options {
  /**
   * Money moves: what this is about (`transfer:quo_…`). One Idempotency-Key is kept for it until an answer has come, also over a reload, so
   * that asking again is asking once.
   */
  intent?: string;
}

/** Reads give up sooner than deeds: a bank may take its time over money. */
const READ_TIMEOUT_MS = 15_000;
const DEED_TIMEOUT_MS = 45_000;
const RETRY_PAUSES_MS = [400, 1_200, 3_000];

let onSessionEnd: () => void = () => undefined;

/** Called when the server no longer knows who we are. */
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener;
}

/**
 * Calls our server. Reads, and deeds with an intent, are asked again when no answer came; other deeds are not.
 * @throws Problem with the server's code, or `no_answer`, `offline`.
 */
export async function call<R extends Route>(route: R, input: Input<R>, options: Options = {}): Promise<Reply<R>> {
  const response = await ask(route, input, options);
  return (await response.json()) as Reply<R>; // our own server, whose rows are checked against the same types
}

/** The stream of balances: `tell` hears each as its bank answers; resolves when the last has come. */
export async function readBalances(isFresh: boolean, tell: (balance: Balance) => void): Promise<void> {
  const response = await ask('GET /api/balances', { query: isFresh ? { fresh: 'true' } : {} }, {});
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const chunk = await reader?.read().catch(() => null);
    if (chunk === null) throw new Problem('no_answer', 0, {}, null);
    if (chunk === undefined || chunk.done) break;
    const lines = (rest + chunk.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') tell(JSON.parse(line) as Balance); // as above
  }
}

interface AnyInput {
  params?: Record<string, string>;
  query?: Record<string, string | undefined>;
  body?: object;
}

async function ask<R extends Route>(route: R, input: Input<R>, options: Options): Promise<Response> {
  const { params = {}, query = {}, body } = input as AnyInput; // every row of Api has these and no others
  const [method = 'GET', pattern = ''] = route.split(' ');
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]));
  const url = search.size === 0 ? path : `${path}?${search}`;
  const isRead = method === 'GET';
  const key = options.intent === undefined ? null : keyOf(options.intent);
  const init = {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json, application/x-ndjson, */*;q=0.5',
      // No other site can send either of these without our consent.
      ...(isRead ? {} : { 'content-type': 'application/json', 'x-hutong-app': '1' }),
      ...(key === null ? {} : { 'idempotency-key': key }),
    },
    ...(isRead ? {} : { body: JSON.stringify(body ?? {}) }),
  } satisfies RequestInit;
  const mayAskAgain = isRead || key !== null;
  for (let tries = 0; ; tries++) {
    const answer = await askOnce(url, init, isRead ? READ_TIMEOUT_MS : DEED_TIMEOUT_MS);
    if (answer instanceof Response) {
      if (options.intent !== undefined) forgetKey(options.intent);
      return answer;
    }
    const pauseMs = RETRY_PAUSES_MS[tries];
    if (mayAskAgain && pauseMs !== undefined && isWorthAsking(answer)) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      continue;
    }
    if (options.intent !== undefined && isFinal(answer)) forgetKey(options.intent);
    if (answer.status === 401 && !path.startsWith('/api/sign-in')) onSessionEnd();
    throw answer;
  }
}

async function askOnce(url: string, init: RequestInit, timeoutMs: number): Promise<Response | Problem> {
  if (!navigator.onLine) return new Problem('offline', 0, {}, null); // surely not sent
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    return response.ok ? response : await readProblem(response);
  } catch {
    // A read that came to nothing did nothing; of a deed it is not known.
    return new Problem(init.method === 'GET' ? 'offline' : 'no_answer', 0, {}, null);
  }
}

async function readProblem(response: Response): Promise<Problem> {
  const facts: unknown = await response.json().catch(() => null);
  const known = typeof facts === 'object' && facts !== null ? { ...facts } : {};
  const code = 'code' in known && typeof known.code === 'string' ? known.code : 'internal_error';
  const wait = Number(response.headers.get('retry-after'));
  return new Problem(code, response.status, known, Number.isFinite(wait) && wait > 0 ? wait : null);
}

function isWorthAsking(problem: Problem): boolean {
  return problem.status === 0 || problem.code === 'unavailable' || problem.code === 'idempotency_key_in_use';
}

/** A definite no: the next try is another one and gets another key. */
function isFinal(problem: Problem): boolean {
  return problem.status >= 400 && problem.status < 500 && problem.code !== 'idempotency_key_in_use';
}

function keyOf(intent: string): string {
  const kept = sessionStorage.getItem(`key ${intent}`);
  if (kept !== null) return kept;
  const key = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  sessionStorage.setItem(`key ${intent}`, key);
  return key;
}

function forgetKey(intent: string): void {
  sessionStorage.removeItem(`key ${intent}`);
}
