import { type Server, type Socket, createServer } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { SANDBOX_BANK_SEEN_MAX } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { dayAfter, settlementDayAt, shortDay } from './bank-day.ts';
import { BankFaults } from './bank-faults.ts';
import { findHeaderFault, HEADER_BYTES, type Header, ownHeader, readHeader, writeFrame, writeReject } from './frame.ts';
import type { Journal } from './journal.ts';
import { Link } from './link.ts';
import { FormatError, type Message, readMessage, writeMessage } from './message.ts';
import { NetworkDesk } from './network-desk.ts';
import { Replies } from './replies.ts';
import { RequestDesk } from './request-desk.ts';
import { writeAnswer } from './request.ts';
import { WorkingKeys } from './working-keys.ts';
import type { Member, World } from './world.ts';
import type { WorldEvent } from './world-event.ts';

export const SWITCH_NO = '00010000';
const HOST = '127.0.0.1';
/** How often links are looked at for silence, and how many such looks without a word end one. */
const SILENCE_LOOK_MS = 60_000;
const SILENT_LOOKS_MAX = 3;
const DAY_LOOK_MS = 200;

/** One message as it is shown: never a whole card number. */
export interface SeenMessage {
  at: string;
  institution: string;
  way: 'in' | 'out';
  type: string;
  processing: string;
  /** F7 and F11. */
  stamp: string;
  last4: string;
  code: string;
}

export interface SwitchDeps {
  world: World;
  journal: Journal<WorldEvent>;
  clock: Clock;
  random: Random;
  log: Log;
}

/** UnionPay's place in the middle: links of members on one side, issuers on the other. */
export class BankSwitch {
  readonly deps: SwitchDeps;
  readonly faults = new BankFaults();
  readonly keys: WorkingKeys;
  readonly replies: Replies;
  readonly #network: NetworkDesk;
  readonly #requests: RequestDesk;
  readonly #links = new Set<Link>();
  readonly #server: Server;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #seen: SeenMessage[] = [];
  #seenCount = 0;

  constructor(deps: SwitchDeps) {
    this.deps = deps;
    this.keys = new WorkingKeys(deps);
    this.replies = new Replies(this);
    this.#network = new NetworkDesk(this);
    this.#requests = new RequestDesk(this);
    this.#server = createServer((socket) => this.#open(socket));
  }

  /** @throws the server's own error when the port is taken */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, HOST, resolve);
    });
    this.#timers.push(setInterval(() => this.#watchSilence(), SILENCE_LOOK_MS));
    this.#timers.push(setInterval(() => this.keepDay(), DAY_LOOK_MS));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.replies.stop();
    for (const link of this.#links) link.close();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Writes down what happened; it is true from now on. */
  record(event: WorldEvent): void {
    this.deps.world.apply(event);
    this.deps.journal.append(event);
  }

  /** The links of a member on which it has signed on. */
  linksOf(institution: string): Link[] {
    return [...this.#links].filter((link) => link.isSignedOn && link.institution === institution);
  }

  links(): { institution: string | null; isSignedOn: boolean }[] {
    return [...this.#links].map(({ institution, isSignedOn }) => ({ institution, isSignedOn }));
  }

  /** A message that the switch sends by itself. */
  send(link: Link, member: Member, message: Message): void {
    this.note('out', member.institution, message);
    const frame = writeFrame(ownHeader(SWITCH_NO, member.institution), writeMessage(message));
    this.deps.journal.afterKept(() => link.write(frame));
  }

  /** New working keys, both, for whoever asks for trouble in the middle of something. */
  pushKeys(link: Link, member: Member): void {
    this.#network.pushKey(link, member, 'pin');
    this.#network.pushKey(link, member, 'mac');
  }

  /** Takes up the settlement day that the clock says, unless the switch is ahead of it already. */
  keepDay(): void {
    const day = settlementDayAt(this.deps.clock.now());
    if (day > this.deps.world.settlementDay) this.#beginDay(day);
  }

  /** Closes the settlement day now: its file is ready at once. Answers the day that begins. */
  switchDay(): string {
    this.keepDay();
    this.#beginDay(dayAfter(this.deps.world.settlementDay));
    return this.deps.world.settlementDay;
  }

  note(way: SeenMessage['way'], institution: string, { type, fields }: Message): void {
    this.#seen[this.#seenCount++ % SANDBOX_BANK_SEEN_MAX] = {
      at: this.deps.clock.now().toISOString(),
      institution,
      way,
      type,
      processing: fields.get(3) ?? fields.get(70) ?? '',
      stamp: `${fields.get(7) ?? ''} ${fields.get(11) ?? ''}`,
      last4: (fields.get(2) ?? '').slice(-4),
      code: fields.get(39) ?? '',
    };
  }

  /** The latest, newest first, and how many there were in all. */
  seen(): { count: number; latest: SeenMessage[] } {
    const next = this.#seenCount % SANDBOX_BANK_SEEN_MAX;
    const inOrder = [...this.#seen.slice(next), ...this.#seen.slice(0, next)];
    return { count: this.#seenCount, latest: inOrder.reverse() };
  }

  #beginDay(day: string): void {
    const { world, clock } = this.deps;
    this.record({ kind: 'day', day, at: clock.now().toISOString() });
    for (const member of world.members.values()) {
      for (const link of this.linksOf(member.institution)) {
        for (const event of ['202', '201']) {
          this.send(
            link,
            member,
            this.#network.ownMessage(event, [
              [15, shortDay(day)],
              [100, member.institution],
            ]),
          );
        }
      }
    }
  }

  #open(socket: Socket): void {
    const link = new Link(
      socket,
      (frame) => this.#receive(link, frame),
      (why) => this.deps.log.debug({ why }, 'a link to the pretend switch broke'),
    );
    this.#links.add(link);
    socket.on('close', () => {
      link.isSignedOn = false;
      this.#links.delete(link);
    });
  }

  #receive(link: Link, frame: Buffer): void {
    const { world, log, journal } = this.deps;
    const fault = findHeaderFault(frame, SWITCH_NO, (no) => world.members.has(no));
    const header = readHeader(frame);
    const member = world.members.get(header.source);
    if (fault !== null || member === undefined) {
      log.warn({ fault, source: header.source }, 'a frame was rejected by its header');
      const reject = writeReject(frame, fault ?? '00055');
      return journal.afterKept(() => link.write(reject));
    }
    link.institution = member.institution;
    try {
      this.#take(link, member, header, readMessage(frame.subarray(HEADER_BYTES)));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      log.warn({ why: error.message, type: error.partial.type }, 'a message could not be read');
      this.#answerUnreadable(link, member, header, error.partial);
    }
  }

  #take(link: Link, member: Member, header: Header, message: Message): void {
    this.keepDay();
    this.note('in', member.institution, message);
    if (message.type === '0820') return this.#network.take(link, member, header, message);
    if (message.type === '0810') return this.#network.takeKeyAnswer(member, message);
    // 0830 and the like answer what the switch asked by itself; being read, they have done their work.
    if (message.type[2] !== '1' && message.type[2] !== '3') this.#requests.take(link, member, header, message);
  }

  /** A question that could be told from others is answered that its form is wrong; anything else is left alone. */
  #answerUnreadable(link: Link, member: Member, header: Header, partial: Message): void {
    if (!/^0[1-8][02]0$/.test(partial.type) || !partial.fields.has(7) || !partial.fields.has(11)) return;
    const answer = writeAnswer(partial, { code: '30', fields: [] }, []);
    this.replies.deliver({ link, member, header, message: answer, fault: null, reverses: null });
  }

  /** Asks a link that has long said nothing for a sign of life, and gives it up when there is none. */
  #watchSilence(): void {
    for (const link of this.#links) {
      const member = this.deps.world.members.get(link.institution ?? '');
      const looks = link.countSilence();
      if (looks > SILENT_LOOKS_MAX) link.close();
      else if (looks > 1 && member !== undefined && link.isSignedOn) {
        this.send(link, member, this.#network.ownMessage('301', []));
      }
    }
  }
}
