import { isConnectionLoss } from './connection-loss.ts';
import { Refusal, type RefusalCode } from './refusal.ts';
import { REFUSALS } from './refusals.ts';

/** RFC 9457 with our stable `code`; docs/errors.md lists them all. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: RefusalCode;
  param?: string;
  retryable: boolean;
  request_id: string;
  [fact: string]: unknown;
}

export interface ProblemReply {
  status: number;
  headers: Record<string, string>;
  body: Problem;
}

/** The one place where a refusal becomes a reply. Anything that is not a refusal is our bug and tells nothing. */
export function toProblem(error: unknown, requestId: string): ProblemReply {
  const refusal = error instanceof Refusal ? error : (readFrameworkError(error) ?? readDatabaseError(error));
  const { retryAfterSeconds, ...facts } = refusal.facts;
  const row = REFUSALS[refusal.code];
  return {
    status: row.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
    body: {
      ...facts,
      type: `/docs/errors#${refusal.code}`,
      title: row.title,
      status: row.status,
      detail: refusal.message,
      code: refusal.code,
      retryable: row.retryable,
      request_id: requestId,
    },
  };
}

/** True when somebody should look at the log: the fault is ours. */
export function isOurFault(error: unknown): boolean {
  return !(error instanceof Refusal) && readFrameworkError(error) === null;
}

interface FrameworkError {
  code?: string;
  statusCode?: number;
  validation?: { instancePath: string; keyword: string; message?: string; params: Record<string, unknown> }[];
  validationContext?: string;
}

/** What Fastify itself refuses before a route runs. */
function readFrameworkError(error: unknown): Refusal | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, statusCode, validation, validationContext } = error as FrameworkError; // checked field by field below
  if (validation !== undefined) return fromValidation(validation[0], validationContext);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Refusal('body_too_large', 'the body is larger than this route takes');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_CTP_INVALID_CONTENT_TYPE')
    return new Refusal('content_type_unsupported', 'send application/json in UTF-8');
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return new Refusal('invalid_request', 'Content-Length is wrong');
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new Refusal('not_found', 'there is no such address');
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new Refusal('invalid_request', 'the request is not valid');
  return null;
}

function fromValidation(
  fault: NonNullable<FrameworkError['validation']>[number] | undefined,
  context: string | undefined,
): Refusal {
  const path = (fault?.instancePath ?? '').split('/').filter(Boolean);
  const extra = fault?.params['additionalProperty'] ?? fault?.params['missingProperty'];
  const param = [...path, ...(typeof extra === 'string' ? [extra] : [])].join('.').slice(0, 100);
  const detail =
    fault?.keyword === 'additionalProperties'
      ? 'this field is not known here'
      : fault?.keyword === 'required'
        ? 'this field is required'
        : (fault?.message ?? 'is not valid');
  return new Refusal('invalid_request', detail, { ...(param === '' ? {} : { param }), in: context ?? 'body' });
}

/** The database being away is not our bug and may be over in a moment. */
function readDatabaseError(error: unknown): Refusal {
  // Thrown by db/batch.ts: whether the write is there is not known. With its key, the same request finds out.
  if (error instanceof Error && error.name === 'CommitUnknown')
    return new Refusal('unavailable', 'it is not known yet whether this was written; send it again with the same key', {
      retryAfterSeconds: 2,
    });
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  // 53: it is there, and has no connection, memory or disk left.
  const isAway = isConnectionLoss(error) || (typeof code === 'string' && code.startsWith('53'));
  if (isAway) return new Refusal('unavailable', 'the database cannot be reached', { retryAfterSeconds: 2 });
  return new Refusal('internal_error', 'the fault is ours and was logged');
}
