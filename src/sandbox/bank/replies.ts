import { type BankFault, faultWaitMs } from './bank-faults.ts';
import type { BankSwitch } from './bank-switch.ts';
import { answerHeader, type Header, writeFrame } from './frame.ts';
import type { Link } from './link.ts';
import { type Message, withMac, writeMessage } from './message.ts';
import { macField } from './seal.ts';
import type { Member } from './world.ts';

/** One answer on its way out. */
export interface Reply {
  link: Link;
  member: Member;
  /** Of the question. */
  header: Header;
  message: Message;
  fault: BankFault | null;
  /** The key of the message that this answer has taken back; null when it is about nothing else. */
  reverses: string | null;
  /** The key of the question. */
  key?: string;
}

const LENGTH_DIGITS = 4;
const WRONG_MAC = '0'.repeat(8);

/** The way back to the members, and everything that can befall an answer on it. */
export class Replies {
  readonly #switch: BankSwitch;
  /** Answers that wait until their question has been taken back. */
  readonly #late = new Map<string, Reply>();
  /** An answer that waits for the next one to change places with. */
  #held: { reply: Reply; kind: 'swap' | 'reorder' } | null = null;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(owner: BankSwitch) {
    this.#switch = owner;
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#late.clear();
    this.#held = null;
  }

  later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  deliver(reply: Reply): void {
    const { fault } = reply;
    const kind = fault?.kind;
    if (kind === 'drop_reply') return;
    if (kind === 'half_open') return reply.link.goDeaf();
    if (fault?.kind === 'delay') return this.later(faultWaitMs(fault), () => this.#pass(reply));
    if (kind === 'late') {
      if (reply.key !== undefined) this.#late.set(reply.key, reply);
    } else if ((kind === 'swap' || kind === 'reorder') && this.#held === null) this.#held = { reply, kind };
    else this.#pass(reply);
  }

  #pass(reply: Reply): void {
    const held = this.#held;
    this.#held = null;
    if (held === null) this.#send(reply);
    else if (held.kind === 'reorder') {
      this.#send(reply);
      this.#send(held.reply);
    } else {
      this.#send({ ...reply, message: withKeyOf(reply.message, held.reply.message) });
      this.#send({ ...held.reply, message: withKeyOf(held.reply.message, reply.message) });
    }
    const late = reply.reverses === null ? undefined : this.#late.get(reply.reverses);
    if (late !== undefined && reply.reverses !== null) {
      this.#late.delete(reply.reverses);
      this.#send(late);
    }
  }

  #send(reply: Reply): void {
    const { link, member, header, fault } = reply;
    if (fault?.kind === 'key_change') this.#switch.pushKeys(link, member);
    const message = changedBy(fault, reply.message);
    this.#switch.note('out', member.institution, message);
    const frame = writeFrame(answerHeader(header), this.#seal(member, message, fault));
    if (fault?.kind === 'corrupt') corrupt(frame, fault, this.#switch.deps.random.bytes(2).readUInt16BE(0));
    this.#switch.deps.journal.afterKept(() => writeUnder(link, frame, fault));
  }

  #seal(member: Member, message: Message, fault: BankFault | null): Buffer {
    const body = writeMessage(message);
    if (message.type === '0830' || member.macKey === null) return body;
    const mac = macField(message, member.macKey, member.algorithm);
    return withMac(body, fault?.kind !== 'wrong_mac' ? mac : mac === WRONG_MAC ? 'F'.repeat(8) : WRONG_MAC);
  }
}

/** Rightly signed, and yet not what was asked. */
function changedBy(fault: BankFault | null, message: Message): Message {
  const fields = new Map(message.fields);
  if (fault?.kind === 'wrong_amount' && fields.has(4)) {
    const fen = BigInt(fields.get(4) ?? '0') + BigInt(fault.value ?? 1);
    fields.set(4, String(fen).padStart(12, '0'));
  } else if (fault?.kind === 'other_stan') {
    const stan = (Number(fields.get(11) ?? '0') + Number(fault.value ?? 1)) % 1_000_000;
    fields.set(11, String(stan).padStart(6, '0'));
  } else return message;
  return { type: message.type, fields };
}

/** The same answer under the transmit time and number of another one. */
function withKeyOf(message: Message, other: Message): Message {
  const fields = new Map(message.fields);
  for (const number of [7, 11]) fields.set(number, other.fields.get(number) ?? '');
  return { type: message.type, fields };
}

/** Turns the top bit of one byte behind the length digits. */
function corrupt(frame: Buffer, fault: BankFault, chance: number): void {
  const at = LENGTH_DIGITS + (Number(fault.value ?? chance) % (frame.length - LENGTH_DIGITS));
  frame[at] = (frame[at] ?? 0) ^ 0x80;
}

function writeUnder(link: Link, frame: Buffer, fault: BankFault | null): void {
  const kind = fault?.kind;
  if (kind === 'close_before') return link.close();
  link.write(kind === 'close_middle' ? frame.subarray(0, frame.length >> 1) : frame);
  if (kind === 'twice') link.write(frame);
  if (kind === 'close_middle' || kind === 'close_after') link.closeAfterWriting();
}
