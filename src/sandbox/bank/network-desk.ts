import { transmitStamp } from './bank-day.ts';
import type { BankSwitch } from './bank-switch.ts';
import type { Header } from './frame.ts';
import type { Link } from './link.ts';
import type { Message } from './message.ts';
import { answerType, type NetworkOperation } from './request.ts';
import type { KeyKind } from './working-keys.ts';
import type { Member } from './world.ts';

const OPERATIONS: Readonly<Record<string, NetworkOperation>> = {
  '001': 'sign_on',
  '002': 'sign_off',
  '101': 'key',
  '301': 'echo',
};

/** Signing on and off, keys, echoes: what a link needs before anybody's money is spoken of. */
export class NetworkDesk {
  readonly #switch: BankSwitch;
  #stan = 0;

  constructor(owner: BankSwitch) {
    this.#switch = owner;
  }

  take(link: Link, member: Member, header: Header, message: Message): void {
    const { faults, replies } = this.#switch;
    const operation = OPERATIONS[message.fields.get(70) ?? ''];
    const fault = operation === undefined ? null : faults.take({ operation, bank: null, number: '' });
    if (fault?.kind === 'drop_request') return;
    const refused = fault?.kind === 'decline' ? String(fault.value ?? '05') : fault?.kind === 'bank_down' ? '91' : null;
    const code = refused ?? this.#decide(link, operation, message);
    const answer: Message = { type: answerType(message.type), fields: new Map([[39, code]]) };
    for (const number of [7, 11, 33, 53, 70]) {
      const value = message.fields.get(number);
      if (value !== undefined) answer.fields.set(number, value);
    }
    replies.deliver({ link, member, header, message: answer, fault, reverses: null });
    const which = wantedKey(message);
    if (code === '00' && operation === 'key' && which !== null) this.pushKey(link, member, which);
  }

  #decide(link: Link, operation: NetworkOperation | undefined, message: Message): string {
    if (operation === undefined) return '40';
    if (operation === 'sign_on' || operation === 'sign_off') {
      link.isSignedOn = operation === 'sign_on';
      return '00';
    }
    if (!link.isSignedOn) return '92';
    return operation === 'key' && wantedKey(message) === null ? '30' : '00';
  }

  /** Sends a fresh working key; it is in use once the member has answered with it. */
  pushKey(link: Link, member: Member, which: KeyKind): void {
    const stamp = this.#stamp();
    this.#switch.send(link, member, this.#switch.keys.offer(member, which, stamp));
  }

  takeKeyAnswer(member: Member, answer: Message): void {
    const { keys, deps } = this.#switch;
    const accepted = keys.accept(member, answer);
    if (accepted === null) {
      deps.log.warn({ institution: member.institution }, 'a member did not take over a new key');
      return;
    }
    const { which, key } = accepted;
    keys.retire(member, which);
    this.#switch.record({ kind: 'key', institution: member.institution, which, key: key.toString('hex') });
  }

  /** 0820 from the switch itself. */
  ownMessage(event: string, more: readonly (readonly [number, string])[]): Message {
    const { f7, f11 } = this.#stamp();
    return { type: '0820', fields: new Map([[7, f7], [11, f11], [70, event], ...more]) };
  }

  #stamp(): { f7: string; f11: string } {
    this.#stan = (this.#stan % 999_999) + 1;
    return { f7: transmitStamp(this.#switch.deps.clock.now()), f11: String(this.#stan).padStart(6, '0') };
  }
}

function wantedKey(message: Message): KeyKind | null {
  const digit = message.fields.get(53)?.[0];
  return digit === '1' ? 'pin' : digit === '2' ? 'mac' : null;
}
