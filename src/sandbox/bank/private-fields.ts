import { toGbk } from '../wallets/alipay/gbk.ts';
import { isDigits } from './message.ts';

const gbk = new TextDecoder('gbk');

/** F61: who the person is said to be, and which of it is to be checked. */
export interface IdentityField {
  idNumber: string;
  name: string;
  phone: string;
  /** One sign an element: name, ID number, phone, card; twelve more that nobody uses. */
  asked: string;
  /** All up to the map, as it came. */
  head: string;
  /** All behind the map. */
  tail: string;
}

const ID_AT = 2;
const ID_CHARS = 20;
const MARK_AT = 31;
const MAP_AT = 36;
const MAP_CHARS = 16;

/** Null when F61 is not laid out as agreed. */
export function readIdentity(field: string): IdentityField | null {
  const asked = field.slice(MAP_AT, MAP_AT + MAP_CHARS);
  if (!field.startsWith('01') || field.slice(MARK_AT, MAP_AT) !== 'CUPAM' || !/^[01]{16}$/.test(asked)) return null;
  const name = readCounted(field, MAP_AT + MAP_CHARS);
  const phone = name === null ? null : readCounted(field, name.end);
  if (name === null || phone === null || phone.end !== field.length) return null;
  return {
    idNumber: field.slice(ID_AT, ID_AT + ID_CHARS).trimEnd(),
    name: gbk.decode(Buffer.from(name.value, 'latin1')),
    phone: phone.value,
    asked,
    head: field.slice(0, MAP_AT),
    tail: field.slice(MAP_AT + MAP_CHARS),
  };
}

/** F61 of the answer: as it came, with what was found about each element: 1 agrees, 2 differs, 0 not looked at. */
export function answerIdentity(asked: IdentityField, found: readonly (boolean | null)[]): string {
  const map = found.map((agrees) => (agrees === null ? '0' : agrees ? '1' : '2')).join('');
  return asked.head + map.padEnd(MAP_CHARS, '0') + asked.tail;
}

/** F61 as a member writes it; for whoever speaks to the switch by hand. */
export function writeIdentity(who: { idNumber: string; name: string; phone: string }, asked: string): string {
  const name = toGbk(who.name).toString('latin1');
  const counted = (value: string): string => String(value.length).padStart(3, '0') + value;
  const map = asked.padEnd(MAP_CHARS, '0');
  return `01${who.idNumber.padEnd(ID_CHARS)}${' '.repeat(9)}CUPAM${map}${counted(name)}${counted(who.phone)}`;
}

function readCounted(field: string, at: number): { value: string; end: number } | null {
  const count = field.slice(at, at + 3);
  if (count.length !== 3 || !isDigits(count)) return null;
  const end = at + 3 + Number(count);
  return end > field.length ? null : { value: field.slice(at + 3, end), end };
}

/** F104 of a transfer: the other side of this leg, and whether it repays a credit card. */
export interface TransferField {
  account: string;
  name: string;
  purpose: 'TR' | 'RP';
}

/** Null when F104 is not `SI`, its length, and whole pieces of tag, length and value. */
export function readTransfer(field: string): TransferField | null {
  const whole = field.startsWith('SI') ? readCounted(field, 2) : null;
  if (whole === null || whole.end !== field.length) return null;
  const pieces = new Map<string, string>();
  for (let at = 0; at < whole.value.length; ) {
    const count = whole.value.slice(at + 2, at + 4);
    if (count.length !== 2 || !isDigits(count)) return null;
    const end = at + 4 + Number(count);
    if (end > whole.value.length) return null;
    pieces.set(whole.value.slice(at, at + 2), whole.value.slice(at + 4, end));
    at = end;
  }
  const [account, purpose] = [pieces.get('01'), pieces.get('03')];
  if (account === undefined || !isDigits(account) || (purpose !== 'TR' && purpose !== 'RP')) return null;
  return { account, purpose, name: gbk.decode(Buffer.from(pieces.get('02') ?? '', 'latin1')) };
}

/** F104 as a member writes it. */
export function writeTransfer(other: TransferField): string {
  const piece = (tag: string, value: string): string => tag + String(value.length).padStart(2, '0') + value;
  const name = toGbk(other.name).toString('latin1');
  const value = piece('01', other.account) + piece('02', name) + piece('03', other.purpose);
  return `SI${String(value.length).padStart(3, '0')}${value}`;
}

/** F90 as the key of the message that it means. */
export function originalKey(field: string): string {
  return field.slice(10, 20) + field.slice(4, 10) + field.slice(20);
}

/** What tells one message from all others: F7, F11, F32, F33. */
export function messageKey(fields: ReadonlyMap<number, string>): string {
  const institution = (number: number): string => (fields.get(number) ?? '').padStart(11, '0');
  return `${fields.get(7) ?? ''}${fields.get(11) ?? ''}${institution(32)}${institution(33)}`;
}
