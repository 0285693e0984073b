import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Message } from './message.ts';
import { cryptBlocks, keyChangeField, macField } from './seal.ts';
import type { Member } from './world.ts';

export type KeyKind = 'pin' | 'mac';

/** How long a key that was replaced still opens what was on its way. */
const OLD_KEY_MS = 60_000;
const KEY_BYTES = 16;

interface Pending {
  member: Member;
  which: KeyKind;
  key: Buffer;
}

/** Working keys between the switch and its members: offered, taken over, and good for a while after they were replaced. */
export class WorkingKeys {
  readonly #deps: { clock: Clock; random: Random };
  readonly #pending = new Map<string, Pending>();
  readonly #old: { institution: string; key: Buffer; untilMs: number }[] = [];

  constructor(deps: { clock: Clock; random: Random }) {
    this.#deps = deps;
  }

  /** The message that brings a fresh key, sealed under the member's transport key. `stamp`: F7 and F11, never used before. */
  offer(member: Member, which: KeyKind, stamp: { f7: string; f11: string }): Message {
    const { random } = this.#deps;
    const key = random.bytes(KEY_BYTES);
    const { algorithm, transportKey } = member;
    const sealed = cryptBlocks(key, transportKey, algorithm, 'encrypt').toString('hex').toUpperCase();
    const message: Message = {
      type: '0800',
      fields: new Map([
        [7, stamp.f7],
        [11, stamp.f11],
        [48, `NK${sealed}`],
        [53, keyMark(which, algorithm)],
        [70, '101'],
        [100, member.institution],
      ]),
    };
    message.fields.set(128, keyChangeField(message, key, algorithm));
    this.#pending.set(`${member.institution}${stamp.f7}${stamp.f11}`, { member, which, key });
    return message;
  }

  /** The key that a member says it has taken over, if it says so with that very key; from now on it is the one. */
  accept(member: Member, answer: Message): Pending | null {
    const { fields } = answer;
    const id = `${member.institution}${fields.get(7) ?? ''}${fields.get(11) ?? ''}`;
    const pending = this.#pending.get(id);
    if (pending === undefined) return null;
    this.#pending.delete(id);
    const isRight = fields.get(128) === keyChangeField(answer, pending.key, member.algorithm);
    return fields.get(39) === '00' && isRight ? pending : null;
  }

  /** To be told before a key is replaced. */
  retire(member: Member, which: KeyKind): void {
    const key = which === 'mac' ? member.macKey : null;
    if (key === null) return;
    const nowMs = this.#deps.clock.now().getTime();
    this.#old.push({ institution: member.institution, key, untilMs: nowMs + OLD_KEY_MS });
    while ((this.#old[0]?.untilMs ?? nowMs) < nowMs) this.#old.shift();
  }

  /** By the key in use, one just offered, or one that was replaced less than a minute ago. */
  isSigned(member: Member, message: Message): boolean {
    const given = message.fields.get(128);
    if (given === undefined) return false;
    const { macKey, algorithm } = member;
    const isBy = (key: Buffer): boolean => macField(message, key, algorithm) === given;
    if (macKey !== null && isBy(macKey)) return true;
    const nowMs = this.#deps.clock.now().getTime();
    return (
      [...this.#pending.values()].some((one) => one.member === member && one.which === 'mac' && isBy(one.key)) ||
      this.#old.some((one) => one.institution === member.institution && one.untilMs >= nowMs && isBy(one.key))
    );
  }
}

/** F53 of a key change: which key, and by what algorithm. */
function keyMark(which: KeyKind, algorithm: Member['algorithm']): string {
  return `${which === 'pin' ? '1' : '2'}${algorithm === 'sm4' ? '4' : '6'}`.padEnd(16, '0');
}
