import { assertNever } from '../base/assert.ts';
import type { CardNumber } from '../base/card-number.ts';
import { Refusal } from '../base/refusal.ts';
import type { Identity, LegRefusal, VerifyReply } from '../bank/rail.ts';
import type { Session } from '../users/users.ts';
import type { CardsDeps } from './cards-deps.ts';
import { countFailure } from './count-failures.ts';

/**
 * Asks the issuer whether the four elements belong together, after a failure was counted. `isOwn` false: whatever the bank says, it is the
 * same refusal as for a wrong element, after the same work. @throws Refusal details_differ, too_many_tries, bank_unavailable
 */
export async function confirmDetails(
  deps: CardsDeps,
  session: Session,
  input: { number: CardNumber; issuer: string; identity: Identity; isOwn: boolean },
): Promise<{ accountClass: 1 | 2 | 3 }> {
  const counted = await countFailure(deps, session, input.number);
  const reply = await askIssuer(deps, input);
  const verdict = judge(reply);
  if (verdict === 'no_answer') {
    await counted.giveBack();
    throw bankUnavailable();
  }
  if (verdict === 'too_many') throw new Refusal('too_many_tries', 'the bank takes no more tries with this card today');
  if (verdict === 'differs' || !input.isOwn) throw detailsDiffer();
  await counted.giveBack();
  return { accountClass: verdict };
}

/** Never throws; silence is unknown. */
export async function askIssuer(
  deps: CardsDeps,
  input: { number: CardNumber; issuer: string; identity: Identity },
): Promise<VerifyReply> {
  try {
    const [stamp] = await deps.desk.stamps(1);
    if (stamp === undefined) return { kind: 'unknown', why: 'there was no stamp' };
    const { number, issuer, identity } = input;
    return await deps.desk.rail.verifyHolder({ stamp, card: { number, issuer }, identity });
  } catch (error) {
    deps.log.warn({ error, issuer: input.issuer }, 'an issuer could not be asked about a card');
    return { kind: 'unknown', why: 'the rail failed' };
  }
}

/** The one refusal for every wrong element: which one it was would be told to whoever guesses. */
export function detailsDiffer(): Refusal {
  return new Refusal('details_differ', 'name, ID number, phone and card do not agree with the bank’s record');
}

export function bankUnavailable(): Refusal {
  return new Refusal('bank_unavailable', 'the bank did not answer in time', { retryAfterSeconds: 10 });
}

/**
 * The class of the account, or why there is none. A card that is unknown, lost or locked is told like a wrong element: whether a number
 * exists is nobody's business.
 */
function judge(reply: VerifyReply): 1 | 2 | 3 | 'differs' | 'too_many' | 'no_answer' {
  switch (reply.kind) {
    case 'matches':
      return reply.accountClass;
    case 'differs':
      return 'differs';
    case 'unknown':
      return 'no_answer';
    case 'refused':
      if (reply.reason === 'count_exceeded') return 'too_many';
      return NO_VERDICT.has(reply.reason) ? 'no_answer' : 'differs';
    default:
      return assertNever(reply);
  }
}

/** The bank did not look at the card at all. */
const NO_VERDICT: ReadonlySet<LegRefusal> = new Set(['bank_down', 'message_refused', 'duplicate']);
