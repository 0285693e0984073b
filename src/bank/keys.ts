import { timingSafeEqual } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { assert } from '../base/assert.ts';
import type { Secret } from '../base/secret.ts';
import { type Algorithm, BlockCipher, KEY_BYTES } from './iso8583/block-cipher.ts';
import { MacKey, type MacMethod, macText } from './iso8583/mac.ts';
import type { Message } from './iso8583/message.ts';

/** First digit of F53 in a key change. */
export type KeyUse = 'pin' | 'mac';

interface SealedKey {
  /** 32 hexadecimal letters, still encrypted under the transport key. */
  sealed: string;
  /** Eight letters: tell whether the transport key is still the same. */
  checkValue: string;
}

/** Keeps one text over a restart; belongs to whoever has the database. The keys in it are still under the transport key. */
export interface KeyKeeper {
  load(): Promise<string | null>;
  /** Resolves when it is durable. */
  save(text: string): Promise<void>;
}

export interface KeyOptions {
  /** 32 hexadecimal letters, agreed with the switch by hand. */
  transportKey: Secret;
  algorithm: Algorithm;
  macMethod: MacMethod;
  /** How long a key that was replaced stays good. */
  overlapMs: number;
  /** Whether values of variable length stand behind their length in what is authenticated. */
  macWithLengths: boolean;
}

interface WorkingKey extends SealedKey {
  cipher: BlockCipher;
  mac: MacKey;
}

interface Versions {
  now: WorkingKey | null;
  /** Those that were replaced a short while ago, newest first. */
  before: { key: WorkingKey; untilMs: number }[];
}

/** However often keys change. With changes on two links at once, the switch may end with one that we took a few before the last. */
const KEYS_BEFORE_MAX = 32;

const CHECK_BYTES = 4;
/** F128 of a key change: the MAC under the new key, then its check value. */
const KEY_PROOF_BYTES = 8;

/** The working keys of the institution, with those before while replies under them are on their way. They belong to no single link. */
export class WorkingKeys {
  readonly #options: KeyOptions;
  readonly #transport: BlockCipher;
  readonly #versions: Record<KeyUse, Versions> = {
    pin: { now: null, before: [] },
    mac: { now: null, before: [] },
  };

  constructor(options: KeyOptions) {
    const letters = options.transportKey.reveal();
    assert(/^[0-9a-fA-F]{32}$/.test(letters), 'a transport key is 32 hexadecimal letters');
    this.#options = options;
    this.#transport = new BlockCipher(options.algorithm, Buffer.from(letters, 'hex'));
  }

  get areThere(): boolean {
    return this.#versions.pin.now !== null && this.#versions.mac.now !== null;
  }

  /** Names the keys without telling them: the check values of both. */
  get version(): string {
    const { pin, mac } = this.#versions;
    return pin.now === null || mac.now === null ? 'none' : `${pin.now.checkValue}-${mac.now.checkValue}`;
  }

  /** What is to be kept before a new key is taken. */
  keptWith(use: KeyUse, key: NewKey): string {
    const kept = (each: KeyUse): SealedKey | null => {
      const working = each === use ? key.key : this.#versions[each].now;
      return working === null ? null : { sealed: working.sealed, checkValue: working.checkValue };
    };
    return JSON.stringify({ pin: kept('pin'), mac: kept('mac') });
  }

  /** Takes up keys that were kept. False when they do not belong to this transport key; then none is taken. */
  restore(text: string): boolean {
    const pin = this.#openKept(text, 'pin');
    const mac = this.#openKept(text, 'mac');
    if (pin === null || mac === null) return false;
    this.#versions.pin.now = pin;
    this.#versions.mac.now = mac;
    return true;
  }

  /** A key that the switch pushes: null unless its check value and its MAC over the message are right. Nothing changes until `take`. */
  readPush(message: Message, sealed: Buffer): NewKey | null {
    const key = this.#open(sealed.toString('hex'));
    const proof = Buffer.from(message.get(128) ?? '', 'latin1');
    if (key === null || proof.length !== KEY_PROOF_BYTES) return null;
    return timingSafeEqual(this.#proof(key, message), proof) ? new NewKey(key) : null;
  }

  /** F128 of our answer to a key change, a character per byte. */
  proofOf(key: NewKey, answer: Message): string {
    return this.#proof(key.key, answer).toString('latin1');
  }

  /** From now on this key is used; the one before stays good for replies that are on their way. */
  take(use: KeyUse, key: NewKey): void {
    const versions = this.#versions[use];
    if (versions.now?.sealed === key.key.sealed) return; // pushed twice
    const untilMs = performance.now() + this.#options.overlapMs;
    if (versions.now !== null)
      versions.before = [{ key: versions.now, untilMs }, ...versions.before].slice(0, KEYS_BEFORE_MAX);
    versions.now = key.key;
  }

  /** Puts F128 in. There must be a key. */
  authenticate(message: Message): void {
    const { now } = this.#versions.mac;
    assert(now !== null, 'nothing is sent before there are keys');
    message.set(128, now.mac.macLetters(macText(message, this.#options.macWithLengths)));
  }

  /** Whether F128 is right, under the key of now or one that was replaced a short while ago. */
  isAuthentic(message: Message): boolean {
    const letters = message.get(128) ?? '';
    const text = macText(message, this.#options.macWithLengths);
    return this.#good('mac').some((key) => key.mac.agrees(text, letters));
  }

  /** PIN keys that something just received may be under, newest first. */
  pinCiphers(): BlockCipher[] {
    return this.#good('pin').map((key) => key.cipher);
  }

  #good(use: KeyUse): WorkingKey[] {
    const versions = this.#versions[use];
    const nowMs = performance.now();
    versions.before = versions.before.filter(({ untilMs }) => nowMs <= untilMs);
    const before = versions.before.map(({ key }) => key);
    return versions.now === null ? before : [versions.now, ...before];
  }

  #openKept(text: string, use: KeyUse): WorkingKey | null {
    const [, sealed = '', checkValue] =
      new RegExp(`"${use}":\\{"sealed":"([0-9A-F]{32})","checkValue":"([0-9A-F]{8})"\\}`).exec(text) ?? [];
    const key = this.#open(sealed);
    return key?.checkValue === checkValue ? key : null;
  }

  #open(sealed: string): WorkingKey | null {
    if (!/^[0-9a-fA-F]{32}$/.test(sealed)) return null;
    const clear = this.#transport.decrypt(Buffer.from(sealed, 'hex'));
    assert(clear.length === KEY_BYTES, 'a working key is 16 bytes');
    const cipher = new BlockCipher(this.#options.algorithm, clear);
    const mac = new MacKey(this.#options.macMethod, clear);
    clear.fill(0);
    return { sealed: sealed.toUpperCase(), checkValue: cipher.checkValue().toString('hex').toUpperCase(), cipher, mac };
  }

  #proof(key: WorkingKey, message: Message): Buffer {
    const mac = key.mac.mac(macText(message, this.#options.macWithLengths));
    return Buffer.concat([mac, Buffer.from(key.checkValue, 'hex')], mac.length + CHECK_BYTES);
  }
}

/** A key that was pushed and proved, on its way into use. */
export class NewKey {
  readonly key: WorkingKey;
  constructor(key: WorkingKey) {
    this.key = key;
  }
}
