import type { Fetch, FetchReply } from '../runtime.ts';

/** One flag for one context, as Hutong answers. */
export interface FlagAnswer {
  key: string;
  value: boolean;
  /** `treatment`, `control` or `outside`. */
  variant: string;
  /** OpenFeature's words, and `HALTED`. */
  reason: string;
  /** The rollout's id, version, step and share in parts per million. */
  metadata: Record<string, string | number | boolean>;
}

export interface OfrepOptions {
  /** Where Hutong is, without `/ofrep`. */
  url: string;
  apiKey: string;
  timeoutMs: number;
  fetch: Fetch;
}

/** All flags for one context; null where they are those of the tag. */
export type BulkAnswer = { etag: string | null; flags: ReadonlyMap<string, FlagAnswer> } | null;

/** Hutong declined or was not there. `code` is OpenFeature's, where the fault is the question's. */
export class OfrepError extends Error {
  override name = 'OfrepError';
  readonly code: string | null;
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    about: { status: number; code?: string; retryAfterMs?: number | null; cause?: unknown },
  ) {
    super(message, { cause: about.cause });
    this.code = about.code ?? null;
    this.status = about.status;
    this.retryAfterMs = about.retryAfterMs ?? null;
  }
}

/** Asks for all flags of one context in one call. @throws OfrepError */
export async function askFlags(
  options: OfrepOptions,
  context: Record<string, unknown>,
  etag: string | null,
): Promise<BulkAnswer> {
  const [reply, text] = await call(options, JSON.stringify({ context }), etag);
  if (reply.status === 304) return null;
  const body = readJson(text);
  if (reply.status !== 200) throw declined(reply, body);
  const flags = isObject(body) && Array.isArray(body['flags']) ? body['flags'].filter(isFlag) : null;
  if (flags === null) throw new OfrepError('Hutong answered with something else than flags', { status: reply.status });
  return { etag: reply.headers.get('etag'), flags: new Map(flags.map((flag) => [flag.key, flag])) };
}

async function call(options: OfrepOptions, body: string, etag: string | null): Promise<[FetchReply, string]> {
  try {
    const reply = await options.fetch(`${options.url}/ofrep/v1/evaluate/flags`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${options.apiKey}`,
        'content-type': 'application/json',
        ...(etag === null ? {} : { 'if-none-match': etag }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    return [reply, await reply.text()];
  } catch (cause) {
    throw new OfrepError('Hutong did not answer', { status: 0, cause });
  }
}

function declined(reply: FetchReply, body: unknown): OfrepError {
  const said = isObject(body) ? body : {};
  const details = typeof said['errorDetails'] === 'string' ? said['errorDetails'] : `HTTP ${reply.status}`;
  const after = Number(reply.headers.get('retry-after'));
  return new OfrepError(details, {
    status: reply.status,
    ...(reply.status === 400 && typeof said['errorCode'] === 'string' ? { code: said['errorCode'] } : {}),
    retryAfterMs: after > 0 ? after * 1000 : null,
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isFlag(value: unknown): value is FlagAnswer {
  return (
    isObject(value) &&
    typeof value['key'] === 'string' &&
    typeof value['value'] === 'boolean' &&
    typeof value['variant'] === 'string' &&
    typeof value['reason'] === 'string' &&
    isObject(value['metadata'])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
