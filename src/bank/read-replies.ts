import { readBanks, readCards } from './iso8583/f48.ts';
import { readBalances } from './iso8583/f54.ts';
import { readAccountClass, readBill } from './iso8583/f57.ts';
import { readChecked } from './iso8583/f61.ts';
import type { BlockCipher } from './iso8583/block-cipher.ts';
import type { Message } from './iso8583/message.ts';
import type { EnquireReply, FoundCard, LegReply, ReverseReply, VerifyReply } from './rail.ts';
import { verdictOnEnquiry, verdictOnLeg, verdictOnReversal } from './response-codes.ts';

/*
 * What replies mean. Each has been checked before: its MAC, key, card, processing code and amount are those of the request. Whatever is
 * still not as it should be is unknown.
 */

/** `settlementDay`: F15 as a whole day, null when there is none. */
export function readLegReply(reply: Message, settlementDay: string | null): LegReply {
  const code = reply.get(39) ?? '';
  const verdict = verdictOnLeg(code);
  switch (verdict.kind) {
    case 'done':
    case 'flagged':
      if (settlementDay === null) return { kind: 'unknown', why: 'approved without a settlement day', code };
      return {
        kind: 'approved',
        authId: reply.get(38)?.trim() || null,
        settlementDay,
        isFlagged: verdict.kind === 'flagged',
      };
    case 'refused':
      return { kind: 'refused', code, reason: verdict.reason };
    case 'unknown':
      return { kind: 'unknown', why: 'the bank does not know', code };
    default:
      return verdict satisfies never;
  }
}

export function readReverseReply(reply: Message, settlementDay: string | null): ReverseReply {
  const code = reply.get(39) ?? '';
  const verdict = verdictOnReversal(code);
  if (verdict === 'refused') return { kind: 'refused', code };
  if (verdict === 'unknown') return { kind: 'unknown', why: `answered ${code}` };
  if (settlementDay === null) return { kind: 'unknown', why: 'reversed without a settlement day' };
  return { kind: 'reversed', settlementDay, wasFound: verdict === 'reversed' };
}

export function readEnquireReply(reply: Message): EnquireReply {
  const code = reply.get(39) ?? '';
  const verdict = verdictOnEnquiry(code);
  if (verdict.kind === 'refused') return { kind: 'refused', code, reason: verdict.reason };
  if (verdict.kind === 'unknown') return { kind: 'unknown', why: `answered ${code}` };
  const balances = readBalances(reply.get(54) ?? '');
  if (balances === null) return { kind: 'unknown', why: 'answered without balances' };
  const extra = reply.get(57) ?? '';
  const bill = extra.startsWith('CB') ? readBill(extra) : null;
  if (bill === null && extra.startsWith('CB')) return { kind: 'unknown', why: 'a bill that cannot be read' };
  return { kind: 'answered', ...balances, bill };
}

export function readVerifyReply(reply: Message): VerifyReply {
  const code = reply.get(39) ?? '';
  const verdict = verdictOnEnquiry(code);
  const checked = readChecked(reply.get(61) ?? '');
  if (verdict.kind === 'refused') {
    const elements = code === '05' ? (checked?.differ ?? []) : [];
    return elements.length > 0 ? { kind: 'differs', elements } : { kind: 'refused', code, reason: verdict.reason };
  }
  if (verdict.kind === 'unknown') return { kind: 'unknown', why: `answered ${code}` };
  if (checked !== null && checked.agree.length < 4) return { kind: 'unknown', why: 'agreed to less than was asked' };
  return { kind: 'matches', accountClass: readAccountClass(reply.get(57) ?? '') ?? 1 };
}

/** The issuers that know a person; a refusal tells nothing about him, so it is no answer. */
export function readIssuers(reply: Message): string[] | null {
  return verdictOnEnquiry(reply.get(39) ?? '').kind === 'done' ? readBanks(reply.get(48) ?? '') : null;
}

/** `ciphers`: PIN keys that the numbers may be under, newest first. */
export function readFoundCards(
  reply: Message,
  issuer: string,
  ciphers: readonly BlockCipher[],
): { kind: 'found'; cards: FoundCard[] } | { kind: 'refused'; code: string } | { kind: 'unknown'; why: string } {
  const code = reply.get(39) ?? '';
  const verdict = verdictOnEnquiry(code);
  if (verdict.kind === 'refused') return { kind: 'refused', code };
  if (verdict.kind === 'unknown') return { kind: 'unknown', why: `answered ${code}` };
  const f48 = reply.get(48) ?? '';
  const numbers = ciphers.map((cipher) => readCards(f48, cipher)).find((cards) => cards !== null);
  if (numbers === undefined) return { kind: 'unknown', why: 'cards that cannot be read' };
  return { kind: 'found', cards: numbers.map((number) => ({ number, issuer })) };
}
