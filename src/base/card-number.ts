import { inspect } from 'node:util';

/** ISO/IEC 7812: 12 to 19 digits. */
const CARD_NUMBER = /^\d{12,19}$/;

/** A card number that cannot print itself: every way of turning it into text shows a mask; `reveal()` is easy to grep for. */
export class CardNumber {
  readonly #digits: Buffer;
  private constructor(digits: string) {
    this.#digits = Buffer.from(digits, 'latin1');
  }
  /** Spaces and hyphens between digits are left out; null for everything that is not 12 to 19 ASCII digits. Checks no check digit. */
  static read(text: unknown): CardNumber | null {
    if (typeof text !== 'string' || text.length > 40) return null;
    const digits = text.replace(/[ -]/g, '');
    return CARD_NUMBER.test(digits) ? new CardNumber(digits) : null;
  }
  /** All digits; only for the rail, the vault and the checks of a number. */
  reveal(): string {
    return this.#digits.toString('latin1');
  }
  get length(): number {
    return this.#digits.length;
  }
  get last4(): string {
    return this.#digits.toString('latin1', this.#digits.length - 4);
  }
  equals(other: CardNumber): boolean {
    return this.#digits.equals(other.#digits);
  }
  /** Overwrites the digits; the number is useless afterwards. */
  wipe(): void {
    this.#digits.fill(0x30);
  }
  toString(): string {
    return `**** **** **** ${this.last4}`;
  }
  toJSON(): string {
    return this.toString();
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
