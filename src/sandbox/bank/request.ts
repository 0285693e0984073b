import type { Bank } from './banks.ts';
import { routeCard } from './banks.ts';
import type { Card } from './card.ts';
import type { Message } from './message.ts';
import { messageKey } from './private-fields.ts';
import type { Member, World } from './world.ts';
import type { MoneyOperation } from './world-event.ts';

export type EnquiryOperation = 'balance' | 'verify' | 'find_banks' | 'find_cards';
export type NetworkOperation = 'sign_on' | 'sign_off' | 'echo' | 'key';
export type Operation = MoneyOperation | EnquiryOperation | NetworkOperation;

/** One message of a member with what is found at once: what it wants, from whom. */
export interface Request {
  operation: MoneyOperation | EnquiryOperation;
  message: Message;
  key: string;
  member: Member;
  number: string;
  /** Who the switch asks; null when no issuer has such numbers. */
  bank: Bank | null;
  card: Card | null;
  amountFen: bigint;
  at: Date;
  settlementDay: string;
}

/** What an issuer says: F39 and the fields that this answer has besides what it echoes. */
export interface Answer {
  code: string;
  fields: readonly (readonly [number, string])[];
}

const ECHOED = [2, 3, 4, 7, 11, 12, 13, 18, 25, 32, 33, 37, 41, 42, 49, 60, 102, 103];

/** What a message wants; null for what this switch does not do. */
export function operationOf({ type, fields }: Message): MoneyOperation | EnquiryOperation | null {
  const kind = fields.get(3)?.slice(0, 2);
  if (type === '0420') return 'reversal';
  if (type === '0220') return kind === '20' ? 'refund' : null;
  if (type === '0200') {
    if (kind === '00') return 'purchase';
    if (kind === '30') return 'balance';
    if (kind === '46') return 'transfer_out';
    return kind === '47' ? 'transfer_in' : null;
  }
  if (type !== '0100') return null;
  if (kind === '33') return 'verify';
  if (kind !== '89') return null;
  return fields.get(48) === 'WC' ? 'find_cards' : 'find_banks';
}

const ALWAYS = [3, 7, 11, 32, 33];
const AT_TERMINAL = [12, 13, 18, 22, 25, 37, 41, 42, 49];
const NEEDED: Record<Request['operation'], readonly number[]> = {
  balance: [2, 60, ...AT_TERMINAL],
  purchase: [2, 4, 60, ...AT_TERMINAL],
  transfer_out: [2, 4, 60, 102, 103, 104, ...AT_TERMINAL],
  transfer_in: [2, 4, 60, 102, 103, 104, ...AT_TERMINAL],
  refund: [2, 4, 90, ...AT_TERMINAL],
  reversal: [2, 4, 60, 90, ...AT_TERMINAL],
  verify: [2, 61],
  find_banks: [48, 61],
  find_cards: [48, 61, 100],
};

/** Whether every field is there that this kind of message has to have. */
export function isComplete(operation: Request['operation'], message: Message): boolean {
  const { fields } = message;
  return [...ALWAYS, ...NEEDED[operation]].every((number) => fields.has(number)) && (fields.get(49) ?? '156') === '156';
}

export function readRequest(
  world: World,
  member: Member,
  message: Message,
  operation: Request['operation'],
  at: Date,
): Request {
  const number = message.fields.get(2) ?? '';
  return {
    operation,
    message,
    member,
    number,
    key: messageKey(message.fields),
    bank: routeCard(number),
    card: world.cards.get(number) ?? null,
    amountFen: BigInt(message.fields.get(4) ?? '0'),
    at,
    settlementDay: world.settlementDay,
  };
}

/** 0200 is answered by 0210, and so on. */
export function answerType(type: string): string {
  return `${type.slice(0, 2)}${Number(type[2]) + 1}0`;
}

/** The whole answer without its MAC. */
export function writeAnswer(message: Message, answer: Answer, more: readonly (readonly [number, string])[]): Message {
  const fields = new Map<number, string>();
  for (const number of ECHOED) {
    const value = message.fields.get(number);
    if (value !== undefined) fields.set(number, value);
  }
  for (const [number, value] of more) fields.set(number, value);
  fields.set(39, answer.code);
  for (const [number, value] of answer.fields) fields.set(number, value);
  return { type: answerType(message.type), fields };
}
