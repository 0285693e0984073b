import { shanghaiDay } from './bank-day.ts';
import { type Card, usageOn } from './card.ts';
import { originalKey, readTransfer } from './private-fields.ts';
import type { Answer, Request } from './request.ts';
import { readPinBlock } from './seal.ts';
import type { World } from './world.ts';
import type { Act } from './world-event.ts';

const PIN_TRIES_MAX = 3;
const BLOCK_BYTES = 8;
const SM4_MARK = 'SM016';

/** What the issuer says to a message about money, without moving any: the money moves when the answer becomes an act. */
export function decideMoney(world: World, request: Request): Answer {
  // Whoever was told that there is nothing to take back must not find it taken afterwards.
  if (world.barred.has(request.key)) return no('12');
  if (request.amountFen <= 0n) return no('13');
  if (request.operation === 'reversal') return decideReversal(world, request);
  if (request.bank === null || request.card === null) return no('14');
  if (request.operation === 'transfer_in') return decideCredit(world, request, request.card);
  if (request.operation === 'refund') return decideRefund(world, request, request.card);
  return decideDebit(world, request, request.card);
}

/** In the order in which an issuer looks: the card, what may be done with it, who asks, the limits, the money. */
function decideDebit(world: World, request: Request, card: Card): Answer {
  const standing = standingCode(card);
  if (standing !== null) return no(standing);
  if (request.operation === 'transfer_out') {
    if (card.kind === 'credit') return no('57');
    if (!fitsLeg(request, 102, 103)) return no('30');
  }
  const pin = pinCode(request, card);
  if (pin !== null) return no(pin);
  const over = limitCode(card, request);
  if (over !== null) return no(over);
  if (world.availableFen(card) < request.amountFen) return no('51');
  return { code: '00', fields: [[38, authId(world)]] };
}

function decideCredit(world: World, request: Request, card: Card): Answer {
  const standing = standingCode(card);
  if (standing !== null) return no(standing);
  if (!fitsLeg(request, 103, 102)) return no('30');
  const isRepayment = readTransfer(request.message.fields.get(104) ?? '')?.purpose === 'RP';
  if (isRepayment !== (card.kind === 'credit')) return no('57');
  const used = usageOn(card, shanghaiDay(request.at));
  const { dayInMaxFen, yearInMaxFen, balanceMaxFen } = card.limits;
  const isOver =
    exceeds(used.inFen + request.amountFen, dayInMaxFen) ||
    exceeds(used.yearInFen + request.amountFen, yearInMaxFen) ||
    exceeds(world.ledgerFen(card) + request.amountFen, balanceMaxFen);
  return isOver ? no('61') : { code: '00', fields: [] };
}

/** Of a purchase at this card that stands, never more than was paid. */
function decideRefund(world: World, request: Request, card: Card): Answer {
  const original = findOriginal(world, request, '0200');
  if (original === null || original.operation !== 'purchase' || original.code !== '00') return no('25');
  if (original.reversedOn !== null || original.number !== card.number) return no('25');
  const authorised = request.message.fields.get(38);
  if (authorised !== undefined && authorised !== original.authId) return no('25');
  return original.refundedFen + request.amountFen > original.amountFen ? no('13') : { code: '00', fields: [] };
}

/** Only debits are taken back. What was never seen, or was refused, is `25`. */
function decideReversal(world: World, request: Request): Answer {
  const original = findOriginal(world, request, '0200');
  if (original === null || original.code !== '00') return no('25');
  if (original.operation !== 'purchase' && original.operation !== 'transfer_out') return no('40');
  if (original.number !== request.number || original.amountFen !== request.amountFen) return no('30');
  if (original.refundedFen > 0n) return no('12');
  return { code: '00', fields: [] };
}

function findOriginal(world: World, request: Request, type: string): Act | null {
  const field = request.message.fields.get(90) ?? '';
  return field.startsWith(type) ? (world.acts.get(originalKey(field)) ?? null) : null;
}

/** F2 stands on its own side of the leg, the other card on the other, and F104 says the same. */
function fitsLeg({ message, number }: Request, own: 102 | 103, other: 102 | 103): boolean {
  const transfer = readTransfer(message.fields.get(104) ?? '');
  const across = message.fields.get(other);
  return transfer !== null && message.fields.get(own) === number && across === transfer.account && across !== number;
}

export function standingCode(card: Card): string | null {
  const codes = { active: null, frozen: '62', lost: '41', stolen: '43', expired: '54' } as const;
  return codes[card.status];
}

/** 65 for too often, 61 for too much. Purchases and transfers draw on one pot. */
function limitCode(card: Card, { at, amountFen }: Request): string | null {
  const used = usageOn(card, shanghaiDay(at));
  const { dayMaxCount, paymentMaxFen, dayMaxFen, yearMaxFen } = card.limits;
  if (dayMaxCount !== null && used.outCount >= dayMaxCount) return '65';
  const isOver =
    exceeds(amountFen, paymentMaxFen) ||
    exceeds(used.outFen + amountFen, dayMaxFen) ||
    exceeds(used.yearOutFen + amountFen, yearMaxFen);
  return isOver ? '61' : null;
}

function exceeds(fen: bigint, max: bigint | null): boolean {
  return max !== null && fen > max;
}

/** The card's PIN, where the message brings one. Three wrong ones lock it. */
function pinCode(request: Request, card: Card): string | null {
  const { fields } = request.message;
  const sm4 = fields.get(63);
  const block = sm4?.startsWith(SM4_MARK) ? sm4.slice(SM4_MARK.length) : fields.get(52);
  if (block === undefined) return null;
  if (card.pinTries >= PIN_TRIES_MAX) return '75';
  const { pinKey, algorithm } = request.member;
  if (pinKey === null || block.length !== (algorithm === 'sm4' ? 2 * BLOCK_BYTES : BLOCK_BYTES)) return '30';
  const pin = readPinBlock(Buffer.from(block, 'latin1'), pinKey, algorithm, card.number);
  if (pin === null) return '99';
  if (pin !== card.pin) return card.pinTries + 1 >= PIN_TRIES_MAX ? '75' : '55';
  return null;
}

/** How many wrong PINs there are after this answer; null when nothing changes. */
export function triesAfter(request: Request, code: string): number | null {
  const { card, message } = request;
  if (card === null || !(message.fields.has(52) || message.fields.has(63))) return null;
  if (code === '55' || (code === '75' && card.pinTries < PIN_TRIES_MAX)) return card.pinTries + 1;
  return code === '00' && card.pinTries > 0 ? 0 : null;
}

function authId(world: World): string {
  return String((world.acts.size % 999_999) + 1).padStart(6, '0');
}

export function no(code: string): Answer {
  return { code, fields: [] };
}
