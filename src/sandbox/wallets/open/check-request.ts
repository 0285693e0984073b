import type { FastifyRequest } from 'fastify';
import { readStrictJson } from '../../../base/strict-json.ts';
import { type CameSignature, digestOf, isSealed, readSignature, type SignedLine } from './sign.ts';
import { type Answer, type Asked, type OpenSide, problem } from './wallet.ts';

/** `signature` is there as soon as one could be read: a reply is bound to it even where it is not believed. */
export type Checked = { lines: readonly SignedLine[]; signature: CameSignature | null } & (
  | { kind: 'asked'; asked: Asked }
  | { kind: 'refused'; answer: Answer }
);

const NAMES = '"@method" "@authority" "@path" "@query" "content-digest"';
const SKEW_SECONDS = 300;

/** Who asks, and that nobody else could have: in the order of the specification's section "Signatures". */
export function checkRequest(side: OpenSide, request: FastifyRequest): Checked {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const lines = linesOf(request, body);
  const signature = readSignature(one(request, 'signature-input'), one(request, 'signature'));
  const refuse = (answer: Answer): Checked => ({ kind: 'refused', answer, lines, signature });
  if (signature === null) return refuse(problem('signature_refused', 'not signed as owp'));
  if (one(request, 'content-digest') !== digestOf(body))
    return refuse(problem('signature_refused', 'the Content-Digest is not that of the body'));
  const { params } = signature;
  if (signature.names !== NAMES) return refuse(problem('signature_refused', 'signed over other things'));
  if (params['tag'] !== 'owp-request' || params['alg'] !== 'ed25519')
    return refuse(problem('signature_refused', 'another tag or alg'));
  const [merchantNo = '', keyId = ''] = (params['keyid'] ?? '').split(':');
  const merchant = side.keys.merchants.get(merchantNo);
  const key = merchant?.keys.find(({ id }) => id === keyId);
  if (merchant === undefined || key === undefined || !isSealed(lines, signature, key.publicKey))
    return refuse(problem('signature_refused', 'not by a key of a merchant'));
  const nowSeconds = side.ground.clock.now().getTime() / 1000;
  const [created, expires] = [Number(params['created']), Number(params['expires'])];
  const isInTime = created - SKEW_SECONDS <= nowSeconds && nowSeconds <= expires;
  if (!isInTime || expires <= created || expires > created + SKEW_SECONDS) return refuse(problem('time_refused'));
  const nonce = params['nonce'] ?? '';
  if (!/^[\w-]{16,64}$/.test(nonce)) return refuse(problem('signature_refused', 'without a nonce of 16 to 64 letters'));
  if (!side.nonces.use(`${merchantNo}:${nonce}`, nowSeconds, expires)) return refuse(problem('nonce_used'));
  const members = readMembers(request.method, body);
  if (members === null) return refuse(problem('malformed', 'the body is not a JSON object'));
  return { kind: 'asked', asked: { merchant, members }, lines, signature };
}

/** What a request is signed over, from the request itself. */
function linesOf(request: FastifyRequest, body: Buffer): SignedLine[] {
  const [path = '', query] = (request.raw.url ?? '').split('?', 2);
  return [
    { name: '"@method"', value: request.method },
    { name: '"@authority"', value: (request.headers.host ?? '').toLowerCase() },
    { name: '"@path"', value: path },
    { name: '"@query"', value: `?${query ?? ''}` },
    { name: '"content-digest"', value: digestOf(body) },
  ];
}

function readMembers(method: string, body: Buffer): Record<string, unknown> | null {
  if (method === 'GET') return body.length === 0 ? {} : null;
  try {
    const input = readStrictJson(body);
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    return isObject ? (input as Record<string, unknown>) : null; // an object of unknowns
  } catch {
    return null;
  }
}

function one(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
