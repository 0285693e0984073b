import { shortDay } from './bank-day.ts';
import { type BankFault, faultWaitMs } from './bank-faults.ts';
import type { BankSwitch } from './bank-switch.ts';
import { findInstitution } from './banks.ts';
import { AskedToday, decideEnquiry } from './decide-enquiry.ts';
import { decideMoney, no, triesAfter } from './decide-money.ts';
import type { Header } from './frame.ts';
import type { Link } from './link.ts';
import { type Message, readMessage, writeMessage } from './message.ts';
import { originalKey } from './private-fields.ts';
import { type Answer, isComplete, operationOf, type Request, readRequest, writeAnswer } from './request.ts';
import type { Member } from './world.ts';
import type { Act, MoneyOperation } from './world-event.ts';

const ENQUIRIES = new Set(['balance', 'verify', 'find_banks', 'find_cards']);
/** What a repeat has to have in common with the message that it repeats. */
const SAME_IN_REPEATS = [2, 3, 4, 37];

interface Asked {
  link: Link;
  member: Member;
  header: Header;
  request: Request;
  fault: BankFault | null;
}

/** Business messages: checked, brought to the issuer, answered, and answered the same when they come again. */
export class RequestDesk {
  readonly #switch: BankSwitch;
  readonly #askedToday = new AskedToday();

  constructor(owner: BankSwitch) {
    this.#switch = owner;
  }

  take(link: Link, member: Member, header: Header, message: Message): void {
    const { deps, keys, faults, replies } = this.#switch;
    const refuse = (code: string): void => {
      const answer = writeAnswer(message, no(code), []);
      replies.deliver({ link, member, header, message: answer, fault: null, reverses: null });
    };
    if (!link.isSignedOn) return refuse('92');
    if (!keys.isSigned(member, message)) return refuse('A0');
    const operation = operationOf(message);
    if (operation === null) return refuse('40');
    if (!isComplete(operation, message)) return refuse('30');
    if (message.fields.get(32) !== member.institution) return refuse('58');
    const request = readRequest(deps.world, member, message, operation, deps.clock.now());
    const bank = request.bank ?? findInstitution(message.fields.get(100) ?? '');
    const fault = faults.take({ operation, bank: bank?.code ?? null, number: request.number });
    const asked: Asked = { link, member, header, request, fault };
    if (fault?.kind === 'drop_request') return;
    if (fault?.kind === 'slow') return replies.later(faultWaitMs(fault), () => this.#answer(asked));
    this.#answer(asked);
  }

  #answer(asked: Asked): void {
    const { link, member, header, request, fault } = asked;
    if (fault?.kind === 'day_switch') this.#switch.switchDay();
    // The day may have changed while the message waited.
    request.settlementDay = this.#switch.deps.world.settlementDay;
    const isMoney = !ENQUIRIES.has(request.operation);
    const message = isMoney ? this.#answerMoney(request, fault) : this.#answerEnquiry(request, fault);
    if (fault?.kind === 'sign_off') link.isSignedOn = false;
    const reverses = request.operation === 'reversal' ? originalKey(request.message.fields.get(90) ?? '') : null;
    this.#switch.replies.deliver({ link, member, header, message, fault, reverses, key: request.key });
  }

  #answerEnquiry(request: Request, fault: BankFault | null): Message {
    const answer = faultAnswer(fault) ?? decideEnquiry(this.#switch.deps.world, this.#askedToday, request);
    const receiver = request.bank?.institution ?? request.message.fields.get(100);
    return writeAnswer(request.message, answer, [
      [15, shortDay(request.settlementDay)],
      ...(receiver === undefined ? [] : [[100, receiver] as const]),
    ]);
  }

  /** Decides once; the same message again is told the same, another one under its key is a duplicate. */
  #answerMoney(request: Request, fault: BankFault | null): Message {
    const { world } = this.#switch.deps;
    const { message, key } = request;
    const kept = world.acts.get(key);
    if (kept !== undefined) {
      const told = readMessage(Buffer.from(kept.body, 'latin1'));
      const isSame =
        kept.operation === request.operation &&
        kept.original === originalOf(request) &&
        SAME_IN_REPEATS.every((number) => told.fields.get(number) === message.fields.get(number));
      return isSame ? told : this.#write(request, no('94'));
    }
    const unasked = faultAnswer(fault);
    const answer = unasked ?? decideMoney(world, request);
    const reply = this.#write(request, answer);
    // A reversal is repeated until an issuer has answered it, so what others said in his place is not held against it.
    const isForGood = unasked === null || (request.operation !== 'reversal' && fault?.kind !== 'sign_off');
    if (isForGood) this.#keep(request, answer, reply);
    return reply;
  }

  #write(request: Request, answer: Answer): Message {
    const receiver = request.bank?.institution;
    return writeAnswer(request.message, answer, [
      [15, shortDay(request.settlementDay)],
      ...(receiver === undefined ? [] : [[100, receiver] as const]),
    ]);
  }

  /** From here on it is true: the books move, and a repeat is told this. */
  #keep(request: Request, answer: Answer, reply: Message): void {
    const { message, key, amountFen, settlementDay, at, number } = request;
    const original = originalOf(request);
    const isDone = answer.code === '00';
    const tries = triesAfter(request, answer.code);
    if (tries !== null) this.#switch.record({ kind: 'tries', number, count: tries });
    if (request.operation === 'reversal' && original !== null && answer.code === '25') this.#bar(original);
    this.#switch.record({
      kind: 'act',
      key,
      // Only what moves money comes here.
      operation: request.operation as MoneyOperation,
      at: at.toISOString(),
      day: settlementDay,
      institution: request.member.institution,
      bank: request.bank?.code ?? '',
      number,
      amountFen: String(amountFen),
      code: answer.code,
      entryMode: message.fields.get(22) ?? '',
      authId: isDone ? (reply.fields.get(38) ?? null) : null,
      original,
      body: writeMessage(reply).toString('latin1'),
    });
  }

  /** What was never seen may still come; then it is too late. What was refused stays refused anyway. */
  #bar(original: Act['key']): void {
    const { world } = this.#switch.deps;
    if (!world.acts.has(original) && !world.barred.has(original))
      this.#switch.record({ kind: 'barred', key: original });
  }
}

function originalOf(request: Request): string | null {
  const field = request.message.fields.get(90);
  return field === undefined ? null : originalKey(field);
}

function faultAnswer(fault: BankFault | null): Answer | null {
  if (fault?.kind === 'decline') return no(String(fault.value ?? '05'));
  if (fault?.kind === 'bank_down') return no('91');
  return fault?.kind === 'sign_off' ? no('92') : null;
}
