import { shanghaiDay } from './bank-day.ts';
import { findInstitution } from './banks.ts';
import { type Card, usageOn } from './card.ts';
import { no, standingCode } from './decide-money.ts';
import { type IdentityField, answerIdentity, readIdentity } from './private-fields.ts';
import type { Answer, Request } from './request.ts';
import { sealCardNumber } from './seal.ts';
import type { World } from './world.ts';

const VERIFY_FAILURES_MAX = 5;
/** As many as fit into F48. */
const CARDS_TOLD_MAX = 15;
const COUNT_DIGITS = 2;

/** Failed questions about one ID number on one day, at whatever bank; kept for a day only. */
export class AskedToday {
  #day = '';
  readonly #failures = new Map<string, number>();

  isTooOften(idNumber: string, day: string): boolean {
    if (day !== this.#day) this.#failures.clear();
    this.#day = day;
    return (this.#failures.get(idNumber) ?? 0) >= VERIFY_FAILURES_MAX;
  }

  fail(idNumber: string): void {
    this.#failures.set(idNumber, (this.#failures.get(idNumber) ?? 0) + 1);
  }
}

export function decideEnquiry(world: World, asked: AskedToday, request: Request): Answer {
  if (request.operation === 'balance') return decideBalance(world, request);
  const identity = readIdentity(request.message.fields.get(61) ?? '');
  if (identity === null) return no('30');
  const day = shanghaiDay(request.at);
  if (asked.isTooOften(identity.idNumber, day)) return no('75');
  const answer =
    request.operation === 'verify'
      ? decideVerify(request, identity, day)
      : request.operation === 'find_banks'
        ? decideBanks(world, identity)
        : decideCards(world, request, identity);
  const isMiss = answer.code === '05' || answer.fields.some(([number, value]) => number === 48 && value === 'WB00');
  if (isMiss) asked.fail(identity.idNumber);
  return answer;
}

function decideBalance(world: World, { card, at, message }: Request): Answer {
  if (card === null) return no('14');
  const standing = standingCode(card);
  if (standing !== null && standing !== '62') return no(standing);
  if (message.fields.has(4)) return no('30');
  const used = usageOn(card, shanghaiDay(at));
  const { dayMaxEnquiries } = card.limits;
  if (dayMaxEnquiries !== null && used.enquiries >= dayMaxEnquiries) return no('65');
  used.enquiries++;
  const account = card.kind === 'debit' ? '10' : '30';
  const blocks = block(account, '01', world.ledgerFen(card)) + block(account, '02', world.availableFen(card));
  const { bill } = card;
  if (bill === null) return { code: '00', fields: [[54, blocks]] };
  const days = bill.billedDay.replaceAll('-', '') + bill.dueDay.replaceAll('-', '');
  const told = `CB${days}${amount(bill.amountFen)}${amount(bill.minimumFen)}`;
  return {
    code: '00',
    fields: [
      [54, blocks],
      [57, told],
    ],
  };
}

/** One block of F54: account type, ledger (01) or available (02), currency, sign, amount. */
function block(account: string, kind: '01' | '02', fen: bigint): string {
  return `${account}${kind}156${fen < 0n ? 'D' : 'C'}${amount(fen < 0n ? -fen : fen)}`;
}

function amount(fen: bigint): string {
  return String(fen).padStart(12, '0');
}

function decideVerify({ card }: Request, identity: IdentityField, day: string): Answer {
  if (card === null) return no('14');
  const standing = standingCode(card);
  if (standing !== null) return no(standing);
  const used = usageOn(card, day);
  if (used.verifyFailures >= VERIFY_FAILURES_MAX) return no('75');
  const found = compare(card, identity);
  if (found.every((agrees) => agrees !== false)) {
    const accountClass = `AC${card.accountClass}`;
    return {
      code: '00',
      fields: [
        [57, accountClass],
        [61, answerIdentity(identity, found)],
      ],
    };
  }
  used.verifyFailures++;
  return { code: '05', fields: [[61, answerIdentity(identity, found)]] };
}

/** Name, ID number, phone, card: true, false, or null for what was not asked. */
function compare(card: Card, { asked, name, idNumber, phone }: IdentityField): (boolean | null)[] {
  const equal = [
    plain(name) === plain(card.person.name),
    idNumber === card.person.idNumber,
    phone === card.phone,
    true,
  ];
  return equal.map((agrees, at) => (asked[at] === '1' ? agrees : null));
}

function plain(name: string): string {
  return name.normalize('NFC').replaceAll(' ', '');
}

/** Which banks know a person by name, ID number and phone. Who is not wholly known is told nothing. */
function decideBanks(world: World, identity: IdentityField): Answer {
  const codes = new Set(findOwned(world, identity).map((card) => card.bank.institution));
  const found = codes.size > 0;
  const list = `WB${String(codes.size).padStart(COUNT_DIGITS, '0')}${[...codes].sort().join('')}`;
  return {
    code: '00',
    fields: [
      [48, list],
      [61, answerIdentity(identity, [found, found, found, null])],
    ],
  };
}

function decideCards(world: World, request: Request, identity: IdentityField): Answer {
  const bank = findInstitution(request.message.fields.get(100) ?? '');
  if (bank === null) return no('92');
  const { pinKey, algorithm } = request.member;
  if (pinKey === null) return no('A0');
  const owned = findOwned(world, identity).filter((card) => card.bank === bank);
  const found = owned.length > 0;
  const map: [number, string] = [61, answerIdentity(identity, [found, found, found, null])];
  if (!found) return { code: '05', fields: [map] };
  const told = owned.slice(0, CARDS_TOLD_MAX).map((card) => sealCardNumber(card.number, pinKey, algorithm));
  return { code: '00', fields: [[48, `WC${String(told.length).padStart(COUNT_DIGITS, '0')}${told.join('')}`], map] };
}

/** Cards in order whose bank has exactly this name, ID number and phone on record. */
function findOwned(world: World, identity: IdentityField): Card[] {
  if (!identity.asked.startsWith('111')) return [];
  const people = world.findPeople(identity.idNumber).filter((person) => plain(person.name) === plain(identity.name));
  return people
    .flatMap((person) => world.cardsOf(person.id))
    .filter((card) => card.phone === identity.phone && card.status === 'active');
}
