import { once } from 'node:events';
import { connect as dial, createServer, type Socket } from 'node:net';
import type { Dice } from '../kill/dice.ts';

/** What may befall one frame between wallet and switch. */
export const LINE_FAULTS = ['delay', 'cut', 'half_open', 'deaf', 'corrupt', 'bytewise', 'reorder'] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

export interface RailProxy {
  port: number;
  /** How often each fault struck. */
  struck: Record<LineFault, number>;
  /** From now on so many of all frames meet one of the faults; 0 is a good line. */
  disturb(share: number): void;
  close(): Promise<void>;
}

/** As the wire has it: four digits, then so many bytes. */
const LENGTH_DIGITS = 4;
const DELAY_MS_MAX = 900;
const REORDER_WAIT_MS = 150;

/**
 * Stands on the line between the wallet and the bank switch. It knows where a frame ends and nothing else. `half_open`: neither side
 * hears the other any more and both connections stay; `deaf`: the same in one direction. `corrupt` turns the top bit of one byte.
 */
export async function startRailProxy(dice: Dice, target: { host: string; port: number }): Promise<RailProxy> {
  const struck = { delay: 0, cut: 0, half_open: 0, deaf: 0, corrupt: 0, bytewise: 0, reorder: 0 };
  const sockets = new Set<Socket>();
  let share = 0;

  const server = createServer((wallet) => {
    const bank = dial(target.port, target.host);
    const line: Line = { isDead: false, cut: () => [wallet, bank].forEach((socket) => void socket.destroy()) };
    for (const socket of [wallet, bank]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        line.cut();
      });
    }
    const roll = (): LineFault | null => (dice.isBelow(share) ? dice.pick(LINE_FAULTS) : null);
    for (const [from, to] of [
      [wallet, bank],
      [bank, wallet],
    ] as const) {
      const direction = new Direction(dice, line, to, (fault) => void (struck[fault] += 1), roll);
      from.on('data', (bytes) => direction.take(bytes));
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return {
    port: address.port,
    struck,
    disturb: (wanted) => void (share = wanted),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Line {
  isDead: boolean;
  cut(): void;
}

/** One way of one connection: cuts the stream into frames and passes them on, one after the other, as the dice want it. */
class Direction {
  #rest: Buffer = Buffer.alloc(0);
  #held: Buffer | null = null;
  #isDeaf = false;
  readonly #waiting: Buffer[] = [];
  #isPassing = false;
  readonly #dice: Dice;
  readonly #line: Line;
  readonly #to: Socket;
  readonly #note: (fault: LineFault) => void;
  readonly #roll: () => LineFault | null;

  constructor(dice: Dice, line: Line, to: Socket, note: (fault: LineFault) => void, roll: () => LineFault | null) {
    this.#dice = dice;
    this.#line = line;
    this.#to = to;
    this.#note = note;
    this.#roll = roll;
  }

  take(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (let frame = this.#cutOff(); frame !== null; frame = this.#cutOff()) {
      this.#waiting.push(frame);
    }
    if (!this.#isPassing) void this.#passAll();
  }

  async #passAll(): Promise<void> {
    this.#isPassing = true;
    for (let frame = this.#waiting.shift(); frame !== undefined; frame = this.#waiting.shift()) await this.#pass(frame);
    this.#isPassing = false;
  }

  /** The next whole frame with its length. Where no length stands (a switch may say nonsense, too) everything is one. */
  #cutOff(): Buffer | null {
    const digits = this.#rest.toString('latin1', 0, LENGTH_DIGITS);
    if (this.#rest.length < LENGTH_DIGITS) return null;
    const end = /^\d{4}$/.test(digits) ? LENGTH_DIGITS + Number(digits) : this.#rest.length;
    if (this.#rest.length < end) return null;
    const frame = this.#rest.subarray(0, end);
    this.#rest = this.#rest.subarray(end);
    return frame;
  }

  async #pass(frame: Buffer): Promise<void> {
    if (this.#line.isDead || this.#isDeaf) return;
    const fault = this.#roll();
    if (fault !== null) this.#note(fault);
    switch (fault) {
      case null:
        return this.#write(frame);
      case 'delay':
        await pause(this.#dice.between(1, DELAY_MS_MAX));
        return this.#write(frame);
      case 'cut':
        // Somewhere in the frame, so that the other side has a part of it.
        this.#to.write(frame.subarray(0, this.#dice.between(0, frame.length - 1)), () => this.#line.cut());
        this.#isDeaf = true;
        return;
      case 'half_open':
        this.#line.isDead = true;
        return;
      case 'deaf':
        this.#isDeaf = true;
        return;
      case 'corrupt': {
        const at = this.#dice.between(0, frame.length - 1);
        frame[at] = (frame[at] ?? 0) ^ 0x80;
        return this.#write(frame);
      }
      case 'bytewise':
        for (const byte of frame) {
          this.#to.write(Buffer.of(byte));
          await new Promise((resolve) => setImmediate(resolve));
        }
        return;
      case 'reorder':
        this.#flush();
        this.#held = frame;
        setTimeout(() => this.#flush(), REORDER_WAIT_MS).unref();
        return;
      default:
        fault satisfies never;
    }
  }

  #write(frame: Buffer): void {
    this.#to.write(frame);
    this.#flush();
  }

  /** What was held back goes after the frame that came behind it. */
  #flush(): void {
    const held = this.#held;
    this.#held = null;
    if (held !== null && !this.#line.isDead) this.#to.write(held);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
