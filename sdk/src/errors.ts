/** Everything that this SDK throws on purpose. */
export class HutongError extends Error {
  override name = 'HutongError';
}

/** The server answered that it does not do it. One of the classes below, by status. */
export class HutongApiError extends HutongError {
  override name = 'HutongApiError';
  /** HTTP status. */
  readonly status: number;
  /** Stable and meant for programs: `refund_exceeds_payment`. The server's docs/errors lists them all. */
  readonly code: string;
  /** The field that is wrong, as a path: `amount.minor`. */
  readonly param: string | null;
  /** True when the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** Names this call in the server's log; quote it when you ask for help. */
  readonly requestId: string | null;

  constructor(status: number, problem: Problem) {
    const named = problem.requestId === null ? problem.code : `${problem.code}, request ${problem.requestId}`;
    super(`${problem.detail} (${named})`);
    this.status = status;
    this.code = problem.code;
    this.param = problem.param;
    this.retryable = problem.retryable;
    this.requestId = problem.requestId;
  }
}

/** 400, 413, 415, 422: the request is wrong; `param` says where. */
export class HutongInvalidRequestError extends HutongApiError {
  override name = 'HutongInvalidRequestError';
}

/** 401: no API key, or not a valid one. */
export class HutongAuthenticationError extends HutongApiError {
  override name = 'HutongAuthenticationError';
}

/** 403: the API key may not do this. */
export class HutongPermissionError extends HutongApiError {
  override name = 'HutongPermissionError';
}

/** 404: there is no such thing here. */
export class HutongNotFoundError extends HutongApiError {
  override name = 'HutongNotFoundError';
}

/** 409: not in this state, or taken. */
export class HutongConflictError extends HutongApiError {
  override name = 'HutongConflictError';
}

/** 429, after the last retry. */
export class HutongRateLimitError extends HutongApiError {
  override name = 'HutongRateLimitError';
}

/** 5xx, after the last retry. What the call was to do may have been done: ask, or call again with the same key. */
export class HutongServerError extends HutongApiError {
  override name = 'HutongServerError';
}

/** No answer came, after the last retry. What the call was to do may have been done, as above. */
export class HutongConnectionError extends HutongError {
  override name = 'HutongConnectionError';
}

/** A message is not a genuine webhook: answer it with 400 and do nothing. */
export class HutongSignatureError extends HutongError {
  override name = 'HutongSignatureError';
}

/** RFC 9457 problem details, as the server fills them. */
export interface Problem {
  detail: string;
  code: string;
  param: string | null;
  retryable: boolean;
  requestId: string | null;
}

export function apiError(status: number, body: string): HutongApiError {
  const problem = readProblem(status, body);
  switch (status) {
    case 401:
      return new HutongAuthenticationError(status, problem);
    case 403:
      return new HutongPermissionError(status, problem);
    case 404:
      return new HutongNotFoundError(status, problem);
    case 409:
      return new HutongConflictError(status, problem);
    case 429:
      return new HutongRateLimitError(status, problem);
    default:
      if (status >= 500) return new HutongServerError(status, problem);
      if (status >= 400) return new HutongInvalidRequestError(status, problem);
      return new HutongApiError(status, problem);
  }
}

/** A reply that is no problem document comes from something in between, such as a proxy; its status must do. */
function readProblem(status: number, body: string): Problem {
  const isTransient = status === 408 || status === 429 || status >= 500;
  const fallback = { detail: `HTTP ${status}`, code: 'unknown', param: null, retryable: isTransient, requestId: null };
  try {
    const read: unknown = JSON.parse(body);
    if (typeof read !== 'object' || read === null) return fallback;
    const fields = new Map<string, unknown>(Object.entries(read));
    return {
      detail: text(fields.get('detail')) ?? text(fields.get('title')) ?? fallback.detail,
      code: text(fields.get('code')) ?? fallback.code,
      param: text(fields.get('param')),
      retryable: typeof fields.get('retryable') === 'boolean' ? fields.get('retryable') === true : isTransient,
      requestId: text(fields.get('request_id')),
    };
  } catch {
    return fallback;
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
