import { performance } from 'node:perf_hooks';
import type { CupsOptions } from './cups-options.ts';
import type { Answer, InFlight } from './in-flight.ts';
import type { Message } from './iso8583/message.ts';
import { KeyChanges } from './key-changes.ts';
import type { WorkingKeys } from './keys.ts';
import type { Link } from './link.ts';
import { NETWORK, type NetworkStamp, networkRequest } from './network-messages.ts';
import { toTransmittedAt } from './stamp-time.ts';

const ECHOES_MISSED_MAX = 2;
const STANS = 999_999;

interface Ports {
  write(link: Link, message: Message): void;
  /** Requests can be sent from now on. */
  onServing(): void;
}

/** What keeps links alive and signed on: network messages (0820), which move nothing and carry no MAC. */
export class LinkCare {
  readonly keyChanges: KeyChanges;
  readonly #options: CupsOptions;
  readonly #links: readonly Link[];
  readonly #inFlight: InFlight;
  readonly #keys: WorkingKeys;
  readonly #ports: Ports;
  readonly #signingOn = new Set<Link>();
  #stan: number;
  #isTakingKeys = false;
  #isSignedOff = false;
  #echoTimer: NodeJS.Timeout | undefined;

  constructor(options: CupsOptions, links: readonly Link[], inFlight: InFlight, keys: WorkingKeys, ports: Ports) {
    this.#options = options;
    this.#links = links;
    this.#inFlight = inFlight;
    this.#keys = keys;
    this.#ports = ports;
    this.#stan = options.random.bytes(4).readUInt32BE() % STANS;
    this.keyChanges = new KeyChanges(options, keys, {
      ask: (message) => this.#ask(this.#links.find((link) => link.isSignedOn && !link.isSuspect) ?? null, message),
      stamp: () => this.#stamp(),
    });
  }

  start(): void {
    this.#echoTimer = setInterval(() => this.#echoQuietLinks(), this.#options.timings.echoAfterMs);
    for (const link of this.#links) link.start();
  }

  /** Tells the switch, without waiting for what it says. */
  async stop(): Promise<void> {
    this.#isSignedOff = true;
    clearInterval(this.#echoTimer);
    for (const link of this.#links)
      if (link.isSignedOn) this.#ports.write(link, networkRequest(this.#stamp(), NETWORK.signOff));
    await new Promise((resolve) => setImmediate(resolve));
    for (const link of this.#links) link.stop();
    this.keyChanges.stop();
  }

  /** Null when requests can be sent, as far as signing on and keys are concerned. */
  get whyNotServing(): string | null {
    if (this.#isSignedOff) return 'signed off';
    return this.#isTakingKeys || !this.#keys.areThere ? 'no working keys yet' : null;
  }

  async signOn(): Promise<boolean> {
    this.#isSignedOff = false;
    const up = this.#links.filter((link) => link.isUp);
    return (await Promise.all(up.map((link) => this.signOnLink(link)))).includes(true);
  }

  signOff(): Promise<boolean> {
    this.#isSignedOff = true;
    return this.#askAll(NETWORK.signOff, (link) => {
      link.isSignedOn = false;
    });
  }

  echo(): Promise<boolean> {
    return this.#askAll(NETWORK.echo, () => {});
  }

  async signOnLink(link: Link): Promise<boolean> {
    if (this.#isSignedOff) return false;
    const answer = await this.#ask(link, networkRequest(this.#stamp(), NETWORK.signOn));
    if (!link.isUp || this.#isSignedOff) return false;
    if (!isDone(answer)) {
      link.cut('the switch did not sign us on');
      return false;
    }
    const isFirst = !this.#links.some((each) => each.isSignedOn);
    link.isSignedOn = true;
    link.forgetTries();
    this.#options.log.info({ link: link.name }, 'signed on at the bank switch');
    if (isFirst) await this.#takeKeys(link);
    if (this.whyNotServing === null) this.#ports.onServing();
    return true;
  }

  /** The switch has forgotten that this link is signed on. */
  signOnAgain(link: Link): void {
    if (this.#signingOn.has(link)) return;
    this.#signingOn.add(link);
    void this.signOnLink(link).finally(() => this.#signingOn.delete(link));
  }

  /** Nobody answered in time and nothing was read since: not used any more until something is. */
  suspect(link: Link): void {
    if (link.isSuspect || !link.isUp) return;
    link.isSuspect = true;
    void this.#echoLink(link);
  }

  /**
   * The first link after none takes new keys before anything is sent, for nobody knows what the other side remembers. When the switch gives
   * none, those that were kept have to do; where none were, every link is given up, so that the next one is the first again and asks anew.
   */
  async #takeKeys(link: Link): Promise<void> {
    this.#isTakingKeys = true;
    const isTaken = await this.keyChanges.renew();
    this.#isTakingKeys = false;
    if (isTaken || this.#keys.areThere) return;
    for (const each of this.#links) if (each === link || each.isSignedOn) each.cut('the switch gave no working keys');
  }

  #echoQuietLinks(): void {
    const { echoAfterMs } = this.#options.timings;
    for (const link of this.#links)
      if (link.isSignedOn && !link.isSuspect && performance.now() - link.lastReadMs >= echoAfterMs)
        void this.#echoLink(link);
  }

  /** An echo in vain is followed by another; two in a row, with nothing else read, and the link is cut. */
  async #echoLink(link: Link): Promise<void> {
    const askedMs = performance.now();
    const answer = await this.#ask(link, networkRequest(this.#stamp(), NETWORK.echo));
    if (answer.kind === 'reply' || !link.isUp || link.lastReadMs >= askedMs) return;
    link.echoesMissed += 1;
    if (link.echoesMissed >= ECHOES_MISSED_MAX) link.cut('nothing read for two echoes');
    else await this.#echoLink(link);
  }

  /** True when there is a link and every one was answered with 00. */
  async #askAll(code: string, then: (link: Link) => void): Promise<boolean> {
    const links = this.#links.filter((link) => link.isSignedOn);
    const answers = await Promise.all(
      links.map(async (link) => {
        const answer = await this.#ask(link, networkRequest(this.#stamp(), code));
        then(link);
        return isDone(answer);
      }),
    );
    return answers.length > 0 && !answers.includes(false);
  }

  async #ask(link: Link | null, message: Message): Promise<Answer> {
    if (link === null || !link.isUp) return { kind: 'not_sent', why: 'no link' };
    const waiting = this.#inFlight.begin(message, this.#options.timings.networkReplyMs, (late) =>
      this.#inFlight.settle(late, { kind: 'unknown', why: 'no reply in time' }),
    );
    this.#inFlight.markWritten(waiting, link);
    this.#ports.write(link, message);
    return waiting.answer;
  }

  /** Of a network message: F32 is missing in it, so it is never mistaken for one that moves money. */
  #stamp(): NetworkStamp {
    this.#stan = (this.#stan % STANS) + 1;
    return {
      transmittedAt: toTransmittedAt(this.#options.clock.now()),
      stan: String(this.#stan).padStart(6, '0'),
      forwarder: this.#options.forwarder,
    };
  }
}

function isDone(answer: Answer): boolean {
  return answer.kind === 'reply' && answer.message.get(39) === '00';
}
