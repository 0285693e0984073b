import { assertNever } from '../base/assert.ts';
import { Refusal } from '../base/refusal.ts';
import { money } from '../money/money.ts';
import { levelFor } from '../users/proof-levels.ts';
import type { Act, ProofLevel, Session } from '../users/users.ts';
import type { ActInput } from './api.ts';
import type { AppDeps } from './app-deps.ts';
import { findOwnCard } from './own-card.ts';

export interface ResolvedAct {
  act: Act;
  level: ProofLevel;
}

/**
 * What is to be proved, read from our own rows: the browser names a thing, never its amount or payee. A thing of another person is as absent
 * as one that does not exist.
 * @throws Refusal `not_found`, `invalid_request`
 */
export async function resolveAct(deps: AppDeps, session: Session, input: ActInput): Promise<ResolvedAct> {
  switch (input.kind) {
    case 'transfer':
    case 'repayment': {
      const found = await deps.transfers.quoteAct(session, input.subject);
      if (found.act.kind !== input.kind) throw new Refusal('not_found', 'there is no such quote');
      return found;
    }
    case 'purchase':
      return await deps.payer.payAct(session, input.subject, input.detail ?? '');
    case 'unbind_card':
      return withLevel(await deps.cards.unbindAct(session, input.subject), session);
    case 'raise_limit':
      return await raiseLimitAct(deps, session, readSubject(input));
    case 'add_passkey': {
      const found = await deps.users.addPasskeyAct(session);
      if (found === null) throw new Refusal('pin_not_set', 'nothing has to be proved before the first');
      return found;
    }
    case 'remove_passkey':
      return await deps.users.removePasskeyAct(session, input.subject);
    case 'reset_pin':
    case 'change_phone':
      throw new Refusal('invalid_request', 'this is proved in its own way', { param: 'kind' });
    default:
      return assertNever(input.kind);
  }
}

export interface LimitChange {
  rule: string;
  /** Null for a rule of the person. */
  cardId: string | null;
  /** Fen. */
  max: bigint;
}

/** The act of raising a limit of one's own. @throws Refusal `not_found` */
export async function raiseLimitAct(deps: AppDeps, session: Session, change: LimitChange): Promise<ResolvedAct> {
  if (change.cardId !== null) await findOwnCard(deps, session, change.cardId);
  const subject = change.cardId === null ? change.rule : `${change.rule}:${change.cardId}`;
  return withLevel({ kind: 'raise_limit', subject, amount: money('CNY', change.max), payee: '' }, session);
}

/** `<rule>` or `<rule>:<card id>`, and the figure in fen. */
function readSubject(input: ActInput): LimitChange {
  const [rule = '', cardId = null, more] = input.subject.split(':');
  if (more !== undefined || !/^[0-9]{1,12}$/.test(input.detail ?? ''))
    throw new Refusal('invalid_request', 'the new figure in fen', { param: 'detail' });
  return { rule, cardId, max: BigInt(input.detail ?? '0') };
}

function withLevel(act: Act, session: Session): ResolvedAct {
  const { kind, amount } = act;
  const isMoney = kind === 'transfer' || kind === 'repayment' || kind === 'purchase';
  const facts = { deviceIsNew: session.deviceIsNew, payeeIsNew: false, byPaymentCode: false };
  return { act, level: levelFor({ kind, amount: isMoney ? amount : null, ...facts }) };
}
