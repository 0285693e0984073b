import { performance } from 'node:perf_hooks';
import { whyDisagrees } from './check-reply.ts';
import type { CupsOptions, Stray } from './cups-options.ts';
import { type Answer, InFlight, type Waiting } from './in-flight.ts';
import { decodeBody, encodeBody } from './iso8583/codec.ts';
import { FormatError } from './iso8583/format-error.ts';
import {
  decodeHeader,
  encodeFrame,
  HEADER_BYTES,
  type Header,
  HeaderError,
  isReject,
  newHeader,
  rejectFrame,
  replyHeader,
} from './iso8583/header.ts';
import { keyOf, type Message } from './iso8583/message.ts';
import { WorkingKeys } from './keys.ts';
import { LinkCare } from './link-care.ts';
import { Link } from './link.ts';
import { isReplyType, NETWORK, networkReply } from './network-messages.ts';
import type { RailStatus } from './rail.ts';
import { dayNear } from './stamp-time.ts';

/** No way to the bank, or signing on comes first: also what a switch says that has forgotten us. */
const SIGN_ON_FIRST = new Set(['77', '92']);

/**
 * All links to the switch as one: signs each on, takes over keys, chooses the link with the least in flight, holds back what is too much,
 * and matches replies from any link. Only a reply with a right MAC that agrees with its request is ever handed on.
 */
export class Switchboard {
  readonly keys: WorkingKeys;
  readonly #options: CupsOptions;
  readonly #links: Link[];
  readonly #inFlight = new InFlight();
  readonly #care: LinkCare;
  readonly #counters = { sent: 0, answered: 0, late: 0, unmatched: 0, badMac: 0, reconnects: 0 };
  readonly #header: Header;
  readonly #waitsForService = new Set<() => void>();
  #queue: Waiting[] = [];
  #settlementDay: string | null = null;
  #isClosed = false;

  constructor(options: CupsOptions) {
    this.#options = options;
    this.keys = new WorkingKeys({ ...options, overlapMs: options.timings.keyOverlapMs });
    this.#header = newHeader(options.institution, options.switchInstitution, options.isTest);
    this.#links = Array.from({ length: options.links }, (_, index) => {
      const address = options.addresses[index % options.addresses.length] ?? { host: '', port: 0 };
      return new Link(options, `${address.host}:${address.port}#${index + 1}`, address, {
        onUp: (link) => void this.#care.signOnLink(link),
        onFrame: (link, frame) => this.#read(link, frame),
        onDown: (link, why) => this.#down(link, why),
        onDrain: () => this.#pump(),
      });
    });
    this.#care = new LinkCare(options, this.#links, this.#inFlight, this.keys, {
      write: (link, message) => this.#write(link, message),
      onServing: () => this.#serve(),
    });
  }

  async open(waitMs: number): Promise<void> {
    await this.#restoreKeys();
    this.#care.start();
    await this.#service(waitMs);
  }

  /** Whatever is wrong with what was kept, the switch is asked for new keys at the first sign-on, and the rail serves. */
  async #restoreKeys(): Promise<void> {
    const { keys, log } = this.#options;
    try {
      const kept = await keys.load();
      if (kept !== null && !this.keys.restore(kept))
        log.warn({}, 'the working keys that were kept belong to another transport key');
    } catch (error) {
      log.warn({ error }, 'the working keys that were kept cannot be read');
    }
  }

  /** Signs off as far as the switch answers at once; whatever is in flight is unknown. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#refuseQueue('the rail is closed');
    await this.#care.stop();
    for (const wake of this.#waitsForService) wake();
  }

  /** Asks the switch, with a MAC. The time runs from now, also while the request waits for its place. */
  async ask(request: Message, timeoutMs: number): Promise<Answer> {
    // First of all: whoever asks the same again must not learn "surely nothing sent", for it was, a moment ago.
    if (this.#inFlight.has(keyOf(request))) return { kind: 'unknown', why: 'the same message is under way already' };
    const why = this.#whyNotNow();
    if (why !== null) return { kind: 'not_sent', why };
    const isFull = this.#inFlight.written >= this.#options.inFlightMax;
    if (isFull && this.#queue.length >= this.#options.queueMax)
      return { kind: 'not_sent', why: 'too much is under way' };
    const waiting = this.#inFlight.begin(request, timeoutMs, (late) => this.#timeOut(late));
    this.#queue.push(waiting);
    this.#pump();
    const answer = await waiting.answer;
    if (answer.kind === 'reply' && answer.message.get(39) === 'A0')
      this.#care.keyChanges.doubt('the switch refused a MAC');
    return answer;
  }

  signOn(): Promise<boolean> {
    return this.#care.signOn();
  }

  signOff(): Promise<boolean> {
    this.#refuseQueue('signed off');
    return this.#care.signOff();
  }

  echo(): Promise<boolean> {
    return this.#care.echo();
  }

  renewKeys(): Promise<boolean> {
    return this.#care.keyChanges.renew();
  }

  status(): RailStatus {
    const up = this.#links.filter((link) => link.isSignedOn);
    const quiet = up.map((link) => Math.round(performance.now() - link.lastReadMs));
    return {
      isServing: this.#whyNotNow() === null,
      links: up.length,
      inFlight: this.#inFlight.waiting,
      quietMs: quiet.length === 0 ? null : Math.min(...quiet),
      keyVersion: this.keys.version,
      settlementDay: this.#settlementDay,
      counters: { ...this.#counters },
    };
  }

  #whyNotNow(): string | null {
    if (this.#isClosed) return 'the rail is closed';
    return this.#care.whyNotServing ?? (this.#chooseLink() === null ? 'no link to the switch that answers' : null);
  }

  /** The signed-on link with the least in flight; one that takes nothing more at the moment only when there is no other. */
  #chooseLink(): Link | null {
    let best: Link | null = null;
    for (const link of this.#links) {
      if (!link.isSignedOn || link.isSuspect) continue;
      if (best === null || (best.isFull && !link.isFull) || (best.isFull === link.isFull && link.load < best.load))
        best = link;
    }
    return best;
  }

  /** Writes what waits, as far as there is room. */
  #pump(): void {
    let taken = 0;
    for (const waiting of this.#queue) {
      const link = this.#chooseLink();
      if (link === null || link.isFull || this.#inFlight.written >= this.#options.inFlightMax) break;
      taken += 1;
      // Given up, or answered by a late reply to the same message sent before.
      if (this.#inFlight.find(waiting.key) === waiting) this.#send(link, waiting);
    }
    if (taken > 0) this.#queue = this.#queue.slice(taken);
  }

  #send(link: Link, waiting: Waiting): void {
    try {
      this.keys.authenticate(waiting.request);
      const frame = encodeFrame(this.#header, encodeBody(waiting.request));
      this.#inFlight.markWritten(waiting, link);
      link.write(frame);
      this.#counters.sent += 1;
      this.#options.log.debug({ link: link.name, ...waiting.request.facts() }, 'asked the bank switch');
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#inFlight.settle(waiting, { kind: 'not_sent', why: `cannot be written: ${error.message}` });
    }
  }

  #write(link: Link, message: Message, header: Header = this.#header): void {
    link.write(encodeFrame(header, encodeBody(message)));
    this.#options.log.debug({ link: link.name, ...message.facts() }, 'told the bank switch');
  }

  #timeOut(waiting: Waiting): void {
    const { link, writtenMs } = waiting;
    this.#inFlight.settle(
      waiting,
      link === null ? { kind: 'not_sent', why: 'no place in time' } : { kind: 'unknown', why: 'no reply in time' },
    );
    if (link === null) this.#queue = this.#queue.filter((each) => each !== waiting);
    else if (link.lastReadMs < writtenMs) this.#care.suspect(link);
    this.#pump();
  }

  #refuseQueue(why: string): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const waiting of queue) this.#inFlight.settle(waiting, { kind: 'not_sent', why });
  }

  // What comes in.

  #read(link: Link, frame: Buffer): void {
    try {
      const header = decodeHeader(frame);
      if (header.destination !== this.#options.institution) throw new HeaderError('destination', 6);
      if (header.source !== this.#options.switchInstitution) throw new HeaderError('source', 17);
      if (isReject(header)) this.#readRejected(link, header, frame);
      else this.#dispatch(link, header, decodeBody(frame, HEADER_BYTES));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.#counters.unmatched += 1;
      this.#options.log.warn({ link: link.name, why: error.message }, 'cannot read a frame from the bank switch');
      const isWorthTelling = error instanceof HeaderError && frame.length >= HEADER_BYTES && !looksRejected(frame);
      if (isWorthTelling)
        link.write(rejectFrame(frame, error.fault, this.#options.institution, this.#options.switchInstitution));
    }
  }

  #dispatch(link: Link, header: Header, message: Message): void {
    this.#options.log.debug({ link: link.name, ...message.facts() }, 'heard from the bank switch');
    if (isReplyType(message.type)) this.#settle(message);
    else if (message.type === '0800' && message.get(70) === NETWORK.keyChange)
      this.#care.keyChanges.onPush(message, (answer) => this.#write(link, answer, replyHeader(header)));
    else if (message.type === '0820') this.#answerNetwork(link, header, message);
    else this.#stray('unmatched', message);
  }

  #settle(reply: Message): void {
    const waiting = this.#inFlight.find(keyOf(reply));
    if (waiting === undefined) {
      const past = this.#inFlight.past(keyOf(reply));
      this.#stray(past === 'given_up' ? 'late' : past === 'answered' ? 'repeated' : 'unmatched', reply);
      return;
    }
    const isNetwork = waiting.request.type === '0820';
    if (!isNetwork && !this.keys.isAuthentic(reply)) {
      this.#counters.badMac += 1;
      this.#inFlight.settle(waiting, { kind: 'unknown', why: 'a reply with a wrong MAC' });
      this.#care.keyChanges.doubt('a reply had a wrong MAC');
    } else {
      const why = whyDisagrees(waiting.request, reply);
      if (why === null && !isNetwork) this.#counters.answered += 1;
      if (SIGN_ON_FIRST.has(reply.get(39) ?? '') && waiting.link?.isSignedOn === true && !isNetwork)
        this.#care.signOnAgain(waiting.link);
      this.#inFlight.settle(waiting, why === null ? { kind: 'reply', message: reply } : { kind: 'unknown', why });
    }
    this.#pump();
  }

  /** A request of ours came back because its header was refused. Nothing in that is authenticated, so it proves nothing. */
  #readRejected(link: Link, header: Header, frame: Buffer): void {
    const { rejectCode: code } = header;
    this.#options.log.error({ link: link.name, code }, 'the bank switch refused the header of a frame');
    const waiting = this.#inFlight.find(keyOf(decodeBody(frame, 2 * HEADER_BYTES)));
    if (waiting === undefined) this.#counters.unmatched += 1;
    else this.#inFlight.settle(waiting, { kind: 'unknown', why: `the header was refused with ${code}` });
  }

  #stray(kind: Stray['kind'], message: Message): void {
    this.#counters[kind === 'late' ? 'late' : 'unmatched'] += 1;
    this.#options.log.warn({ kind, ...message.facts() }, 'nobody waits for this message of the bank switch');
    this.#options.onStray?.({
      kind,
      messageType: message.type,
      transmittedAt: message.get(7) ?? '',
      stan: message.get(11) ?? '',
      rrn: message.get(37) ?? '',
      responseCode: message.get(39) ?? '',
    });
  }

  #answerNetwork(link: Link, header: Header, request: Message): void {
    const code = request.get(70);
    const isKnown = Object.values<string | undefined>(NETWORK).includes(code) && code !== NETWORK.keyChange;
    this.#write(link, networkReply(request, isKnown ? '00' : '40'), replyHeader(header));
    if (code === NETWORK.dayStart || code === NETWORK.dayEnd)
      this.#options.log.info({ code, day: request.get(15) }, 'the bank switch changes its day');
    if (code === NETWORK.dayStart) this.noteDay(request);
    // Signed off by the other side: asked to take us again on a new connection.
    if (code === NETWORK.signOff) setImmediate(() => link.cut('signed off by the switch'));
  }

  /** The switch's settlement day (F15) of a message, which is also where its day stands now. Null when it has none. */
  noteDay(message: Message): string | null {
    const day = dayNear(message.get(15) ?? '', this.#options.clock.now());
    if (day !== null && (this.#settlementDay === null || day > this.#settlementDay)) this.#settlementDay = day;
    return day;
  }

  #serve(): void {
    for (const wake of this.#waitsForService) wake();
    this.#pump();
  }

  async #service(waitMs: number): Promise<void> {
    if (this.#whyNotNow() === null) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waitsForService.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      this.#waitsForService.add(wake);
    });
  }

  #down(link: Link, why: string): void {
    if (!this.#isClosed) this.#counters.reconnects += 1;
    this.#inFlight.abandon(link, `the connection broke: ${why}`);
    if (!this.#links.some((each) => each.isSignedOn)) this.#refuseQueue('no link to the switch');
    this.#pump();
  }
}

function looksRejected(frame: Buffer): boolean {
  return frame.toString('latin1', 41, 46) !== '00000';
}
