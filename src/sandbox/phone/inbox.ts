import { SANDBOX_PHONE_MESSAGES_MAX } from '../../base/limits.ts';

export interface PhoneMessage {
  /** The sender's own id of it: the same message twice is one. */
  id: string;
  phone: string;
  text: string;
  lang: string;
  at: Date;
}

/** What was sent to all phones, the latest of it. */
export class Inbox {
  readonly #messages: PhoneMessage[] = [];
  readonly #ids = new Set<string>();
  /** Rises with every message. */
  version = 0;

  add(message: PhoneMessage): void {
    if (this.#ids.has(message.id)) return;
    this.#ids.add(message.id);
    this.#messages.push(message);
    this.version++;
    if (this.#messages.length <= SANDBOX_PHONE_MESSAGES_MAX) return;
    const [oldest] = this.#messages.splice(0, 1);
    if (oldest !== undefined) this.#ids.delete(oldest.id);
  }

  /** Oldest first. */
  listTo(phone: string): PhoneMessage[] {
    return this.#messages.filter((message) => message.phone === phone);
  }

  /** The last message of every phone with how many there are, newest first. */
  latest(): { last: PhoneMessage; count: number }[] {
    const phones = new Map<string, { last: PhoneMessage; count: number }>();
    for (const last of this.#messages) {
      const count = (phones.get(last.phone)?.count ?? 0) + 1;
      phones.delete(last.phone);
      phones.set(last.phone, { last, count });
    }
    return [...phones.values()].reverse();
  }
}
