/** A POST that was answered with 2xx: from now on it may neither be lost nor happen twice. */
export interface Acknowledged {
  path: string;
  key: string;
  sent: object | undefined;
  status: number;
  text: string;
  // Replies are read by the test field by field, whatever they are.
  json: ReturnType<typeof JSON.parse>;
}

export interface Answer {
  status: number;
  text: string;
  json: ReturnType<typeof JSON.parse>;
  replayed: boolean;
}

export interface PatientCaller {
  acknowledged: Acknowledged[];
  /** How often something was sent again. */
  retries(): number;
  /** Answers that blame the server: none may be given, not even when its database dies. */
  internalErrors: string[];
  get(path: string): Promise<Answer>;
  /** Sends under one key until it is answered for good, or with one of `enough`, and notes the acknowledgement. */
  post(path: string, body?: object, enough?: readonly string[]): Promise<Answer>;
  /** The same by several callers at once, under one key; every acknowledgement is noted. */
  postAtOnce(callers: number, path: string, body?: object, enough?: readonly string[]): Promise<Answer[]>;
  /** Sends a POST again that was acknowledged before. */
  repeat(earlier: Acknowledged): Promise<Answer>;
  /** Gives up: who is still waiting for an answer gets an error. */
  stop(): void;
}

const TIMEOUT_MS = 12_000;
const PAUSE_MS_MAX = 400;
/**
 * Whatever is not answered by then never will be: far longer than any outage here, and than all kills of the quick forms together on a slow
 * machine, where each try may meet one of them.
 */
export const PATIENCE_MS = 600_000;

let keys = 0;

/** A caller as it should be: it sends again what was not answered, under the key of the first time. */
export function callPatiently(url: string, headers: Readonly<Record<string, string>>): PatientCaller {
  const acknowledged: Acknowledged[] = [];
  const internalErrors: string[] = [];
  let retries = 0;
  let isStopped = false;

  async function once(method: string, path: string, key: string | null, body?: object): Promise<Answer> {
    const reply = await fetch(url + path, {
      method,
      headers: {
        ...headers,
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await reply.text();
    const replayed = reply.headers.get('idempotency-replayed') === 'true';
    return { status: reply.status, text, json: JSON.parse(text), replayed };
  }

  async function untilAnswered(
    method: string,
    path: string,
    key: string | null,
    body?: object,
    enough: readonly string[] = [],
  ): Promise<Answer> {
    const endsMs = performance.now() + PATIENCE_MS;
    for (let pauseMs = 15; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      const answer = await once(method, path, key, body).catch(() => null); // refused, reset, cut or too late
      if (answer?.json.code === 'internal_error') internalErrors.push(`${method} ${path}: ${answer.text}`);
      const isRetryable = answer === null || (answer.status >= 400 && answer.json.retryable === true);
      if (answer !== null && (!isRetryable || enough.includes(answer.json.code))) return answer;
      if (isStopped || performance.now() > endsMs)
        throw new Error(`${method} ${path} was never answered; at last ${answer?.text ?? 'nothing came'}`);
      retries += 1;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async function postAtOnce(
    callers: number,
    path: string,
    sent?: object,
    enough?: readonly string[],
  ): Promise<Answer[]> {
    keys += 1;
    const key = `kill-${process.pid}-${keys}`;
    const one = async (): Promise<Answer> => {
      const answer = await untilAnswered('POST', path, key, sent, enough);
      const { status, text, json } = answer;
      if (status >= 200 && status < 300) acknowledged.push({ path, key, sent, status, text, json });
      return answer;
    };
    return await Promise.all(Array.from({ length: callers }, one));
  }

  return {
    acknowledged,
    internalErrors,
    retries: () => retries,
    get: (path) => untilAnswered('GET', path, null),
    async post(path, sent, enough) {
      const [answer] = await postAtOnce(1, path, sent, enough);
      if (answer === undefined) throw new Error('one caller gets one answer');
      return answer;
    },
    postAtOnce,
    stop: () => void (isStopped = true),
    repeat: (earlier) => untilAnswered('POST', earlier.path, earlier.key, earlier.sent),
  };
}
