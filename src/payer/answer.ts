import { PROBLEMS, type ProblemCode } from '../wallets/open/codes.ts';

/** What is answered to a shop, before it is signed. */
export interface Answer {
  status: number;
  /** JSON, or a file as it is. */
  body: object | Buffer;
  /** When this was so, where that matters: a number that was not there is final by the time of the reply. Else the reply is signed as of now. */
  asOf: Date | null;
}

export function answerJson(status: number, body: object): Answer {
  return { status, body, asOf: null };
}

const TITLES: Readonly<Record<ProblemCode, string>> = {
  malformed: 'The request is not as the protocol has it',
  signature_refused: 'The request is not signed as it must be',
  time_refused: 'The signature is too old, too long or from the future',
  nonce_used: 'The nonce came before',
  merchant_refused: 'The merchant may not do this now',
  not_found: 'There is no such address',
  order_not_found: 'There is no order of this number yet',
  refund_not_found: 'There is no refund of this number yet',
  payer_code_refused: 'The code of the person is not known, was used or is old',
  statement_not_ready: 'The statement of this day is not ready',
  order_differs: 'The number is another order’s',
  refund_differs: 'The number is another refund’s',
  scene_refused: 'The scene is not possible here',
  too_many_requests: 'Too many requests',
  internal_error: 'The fault is ours; it may have been done or not',
  unavailable: 'It is not known yet; ask again',
};

/** RFC 9457, with the members of docs/open-wallet-protocol.md, "Errors". */
export function problem(code: ProblemCode, detail = '', asOf: Date | null = null): Answer {
  const { status, isFinal } = PROBLEMS[code];
  const body = {
    type: 'about:blank',
    title: TITLES[code],
    status,
    code,
    final: isFinal,
    ...(detail === '' ? {} : { detail }),
  };
  return { status, body, asOf };
}
