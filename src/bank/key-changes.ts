import { performance } from 'node:perf_hooks';
import { BANK_KEY_PUSH_SECONDS_MAX } from '../base/limits.ts';
import type { CupsOptions } from './cups-options.ts';
import type { Answer } from './in-flight.ts';
import { readNewKey } from './iso8583/f48.ts';
import type { Message } from './iso8583/message.ts';
import type { KeyUse, NewKey, WorkingKeys } from './keys.ts';
import { keyRequest, keyUseOf, type NetworkStamp, networkReply } from './network-messages.ts';
import { isTransmittedNear } from './stamp-time.ts';

/**
 * A push is sealed and proved, but says nothing of when: one that was recorded long ago would bring back a key that was changed because others
 * had got hold of it. So its F7, which the proof covers, has to be of now; clocks of machines differ by less.
 */
const PUSH_AGE_MS_MAX = BANK_KEY_PUSH_SECONDS_MAX * 1000;

interface Ports {
  /** Over whatever link there is. */
  ask(message: Message): Promise<Answer>;
  stamp(): NetworkStamp;
}

/** How working keys change: asked for by us, pushed by the switch, kept, answered, used, in this order. */
export class KeyChanges {
  readonly #options: CupsOptions;
  readonly #keys: WorkingKeys;
  readonly #ports: Ports;
  readonly #awaited = new Map<KeyUse, (isTaken: boolean) => void>();
  #renewal: Promise<boolean> | null = null;
  #doubtedMs = Number.NEGATIVE_INFINITY;
  /** Pushes are taken one after the other. */
  #pushes: Promise<void> = Promise.resolve();

  constructor(options: CupsOptions, keys: WorkingKeys, ports: Ports) {
    this.#options = options;
    this.#keys = keys;
    this.#ports = ports;
  }

  /** Both keys, one after the other. True when both were pushed and taken. Asked for twice at once, it is done once. */
  renew(): Promise<boolean> {
    this.#renewal ??= this.#renewBoth().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** Something looks as if our keys were not the switch's: they are asked for, but not all the time. */
  doubt(why: string): void {
    const now = performance.now();
    if (this.#renewal !== null || now - this.#doubtedMs < this.#options.timings.keyDoubtMs) return;
    this.#doubtedMs = now;
    this.#options.log.warn({ why }, 'working keys are asked for again');
    void this.renew();
  }

  /** The switch pushes a key. It is durable before it is answered, and answered before it is used. */
  onPush(message: Message, answer: (reply: Message) => void): void {
    this.#pushes = this.#pushes
      .then(() => this.#take(message, answer))
      .catch((error: unknown) =>
        this.#options.log.error(
          { error: error instanceof Error ? error.name : 'unknown' },
          'a pushed key met a bug of ours',
        ),
      );
  }

  stop(): void {
    for (const settle of this.#awaited.values()) settle(false);
  }

  async #renewBoth(): Promise<boolean> {
    return (await this.#renewOne('pin')) && (await this.#renewOne('mac'));
  }

  async #renewOne(use: KeyUse): Promise<boolean> {
    const pushed = this.#awaitPush(use);
    const answer = await this.#ports.ask(keyRequest(this.#ports.stamp(), use, this.#options.algorithm));
    if (answer.kind !== 'reply' || answer.message.get(39) !== '00') this.#awaited.get(use)?.(false);
    return pushed;
  }

  #awaitPush(use: KeyUse): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isTaken: boolean) => {
        clearTimeout(timer);
        this.#awaited.delete(use);
        resolve(isTaken);
      };
      const timer = setTimeout(() => settle(false), this.#options.timings.networkReplyMs);
      this.#awaited.set(use, settle);
    });
  }

  async #take(message: Message, answer: (reply: Message) => void): Promise<void> {
    const use = keyUseOf(message);
    const sealed = readNewKey(message.get(48) ?? '');
    const key = sealed === null ? null : this.#keys.readPush(message, sealed);
    const isOfNow = isTransmittedNear(message.get(7) ?? '', this.#options.clock.now(), PUSH_AGE_MS_MAX);
    if (use === null || key === null || !isOfNow) {
      this.#options.log.error(message.facts(), 'the bank switch pushed a key that does not prove itself, or long ago');
      answer(networkReply(message, 'A0'));
      return;
    }
    if (!(await this.#isKept(use, key))) {
      answer(networkReply(message, '96'));
      return;
    }
    const reply = networkReply(message, '00');
    answer(reply.set(128, this.#keys.proofOf(key, reply)));
    this.#keys.take(use, key);
    this.#options.log.info({ use, version: this.#keys.version }, 'a new working key is in use');
    this.#awaited.get(use)?.(true);
  }

  async #isKept(use: KeyUse, key: NewKey): Promise<boolean> {
    try {
      await this.#options.keys.save(this.#keys.keptWith(use, key));
      return true;
    } catch (error) {
      this.#options.log.error(
        { error: error instanceof Error ? error.name : 'unknown' },
        'a new working key could not be kept',
      );
      return false;
    }
  }
}
