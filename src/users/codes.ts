import { isId, newId } from '../base/id.ts';
import {
  CODE_RESEND_SECONDS,
  CODE_SECONDS,
  CODE_TRIES_MAX,
  CODES_PER_ORIGIN_DAY_MAX,
  OTHER_CODES_PER_PHONE_DAY_MAX,
  SIGN_IN_CODES_PER_PHONE_DAY_MAX,
} from '../base/limits.ts';
import type { Random } from '../base/random.ts';
import { Refusal } from '../base/refusal.ts';
import { auditAlone } from './audit.ts';
import { endCode, insertCode, raiseCodeTry } from './code-store.ts';
import { codeText } from './code-texts.ts';
import { countTry } from './count-try.ts';
import { readPhone } from './phone.ts';
import type { CodePurpose, CodeRequest, UserId } from './users.ts';
import type { UsersDeps } from './users-deps.ts';

export interface CodeUse {
  book: number;
  codeId: string;
  code: string;
  userId: UserId | null;
  purpose: CodePurpose;
  bound: string;
}

/**
 * Sends six digits. `origin` is whom to blame for sending too much: an address, or a person who is signed in; `isKnownDevice` says that a browser
 * asks on which the phone's owner was signed in before. Record, call, record: the code is there before it is sent, and void when it surely or
 * perhaps was not. @throws Refusal invalid_request, too_many_tries, code_not_sent
 */
export async function sendCode(
  deps: UsersDeps,
  request: CodeRequest,
  origin: string,
  isKnownDevice = false,
): Promise<{ codeId: string; resendAfterSeconds: number }> {
  const { book, userId, purpose, bound } = request;
  const phone = readPhone(request.phone);
  await countSending(deps, { book, purpose, bound, phone, isKnownDevice }, origin);
  const createdAt = deps.clock.now();
  const expiresAt = new Date(createdAt.getTime() + CODE_SECONDS * 1000);
  const code = sixDigits(deps.random);
  const codeId = newId('code', deps, book);
  const digest = deps.keyring.digest(DIGEST, digestText({ codeId, userId, purpose, bound, code }));
  await insertCode(deps.sql, { book, id: codeId, userId, purpose, digest, createdAt, expiresAt });
  const text = codeText({ code, purpose, says: request.says, lang: request.lang });
  const sent = await deps.sms
    .send({ phone, text, lang: request.lang })
    .catch(() => ({ kind: 'failed' as const, why: 'the sender failed' }));
  if (sent.kind === 'failed') {
    deps.log.warn({ codeId, purpose, why: sent.why }, 'a code could not be sent');
    await endCode(deps.sql, book, codeId, deps.clock.now());
    throw new Refusal('code_not_sent', 'the message could not be handed over; ask for another code', {
      retryAfterSeconds: CODE_RESEND_SECONDS,
    });
  }
  return { codeId, resendAfterSeconds: CODE_RESEND_SECONDS };
}

/**
 * The same code is not asked for twice within a minute, and not too often a day. Who signs in and binds a card at once waits for nothing: that is
 * another code. The origin first: whoever has used up theirs cannot use up the phone's. The owner's own browsers are counted apart: strangers who ask
 * for codes to a phone all day lock nobody out of it there. @throws Refusal too_many_tries
 */
async function countSending(
  deps: UsersDeps,
  {
    book,
    purpose,
    bound,
    phone,
    isKnownDevice,
  }: Pick<CodeRequest, 'book' | 'purpose' | 'bound' | 'phone'> & { isKnownDevice: boolean },
  origin: string,
): Promise<void> {
  const dayMax = purpose === 'sign_in' ? SIGN_IN_CODES_PER_PHONE_DAY_MAX : OTHER_CODES_PER_PHONE_DAY_MAX;
  const what = purpose !== 'sign_in' ? 'other_code' : isKnownDevice ? 'sign_in_code_own' : 'sign_in_code';
  await countTry(deps, { book, what: 'code_by_origin', who: origin, dayMax: CODES_PER_ORIGIN_DAY_MAX }, 0);
  const same = JSON.stringify([phone, purpose, bound, ...(isKnownDevice ? ['own'] : [])]);
  await countTry(deps, { book, what: 'code_again', who: same, dayMax }, CODE_RESEND_SECONDS);
  await countTry(deps, { book, what, who: phone, dayMax }, 0);
}

/**
 * Uses a code up. Counts, in a transaction of its own, before it compares; compares everything that the code is bound to in constant time; a
 * right code counts once, whoever comes with it at the same moment. @throws Refusal code_wrong, the same for whatever is wrong
 */
export async function useCode(deps: UsersDeps, use: CodeUse): Promise<void> {
  const { book, codeId } = use;
  const counted = isId('code', codeId) ? await raiseCodeTry(deps.sql, book, codeId, deps.clock.now()) : null;
  const isRight = deps.keyring.isDigest(DIGEST, digestText(use), counted?.digest ?? Buffer.alloc(32));
  if (counted !== null && isRight && (await endCode(deps.sql, book, codeId, deps.clock.now()))) return;
  if (counted !== null) {
    const facts = { code_id: codeId, purpose: use.purpose, tries_left: CODE_TRIES_MAX - counted.triesCount };
    await auditAlone(deps, { book, userId: use.userId, event: 'code.wrong', facts });
  }
  throw new Refusal('code_wrong', 'the code is wrong, used or over; ask for another one');
}

const DIGEST = 'sms code';

/** As JSON, so that no two have one text. Phones are part of `bound` wherever the comparison can know them. */
function digestText(code: Omit<CodeUse, 'book'>): string {
  return JSON.stringify([code.codeId, code.userId, code.purpose, code.bound, code.code]);
}

/** Every code from 000000 to 999999 equally often: what does not divide evenly is drawn again. */
function sixDigits(random: Random): string {
  for (;;) {
    const drawn = random.bytes(4).readUInt32BE();
    if (drawn < 4_294_000_000) return String(drawn % 1_000_000).padStart(6, '0');
  }
}
