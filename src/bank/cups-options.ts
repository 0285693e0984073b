import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import type { Secret } from '../base/secret.ts';
import type { Algorithm } from './iso8583/block-cipher.ts';
import type { MacMethod } from './iso8583/mac.ts';
import type { KeyKeeper } from './keys.ts';

/** What the rail to UnionPay's switch is built from. */
export interface CupsOptions {
  clock: Clock;
  random: Random;
  log: Log;
  /** For the switch's daily file. */
  send: Send;
  /** Where the switch listens; links are spread over them. */
  addresses: readonly SwitchAddress[];
  /** Connections, over all addresses. */
  links: number;
  /** Ours, 8 to 11 digits: F32, and the source in every header. */
  institution: string;
  /** F33; ours as well unless somebody forwards for us. */
  forwarder: string;
  /** The switch, in every header: `00010000`. */
  switchInstitution: string;
  /** Marks every frame as a test. */
  isTest: boolean;
  transportKey: Secret;
  algorithm: Algorithm;
  /** `x9.19` with 3DES and `sm4` with SM4, unless the switch says otherwise. */
  macMethod: MacMethod;
  /** Whether values of variable length are authenticated with their length; what most gateways do. */
  macWithLengths: boolean;
  keys: KeyKeeper;
  /** The daily files lie under it; null when there are none. */
  filesUrl: string | null;
  /** F42 and F43 of what concerns no shop: 1 to 15 letters or digits, and a name. */
  acceptor: { no: string; name: string };
  inFlightMax: number;
  /** Waiting for a place in flight; one more is refused before it is sent. */
  queueMax: number;
  timings: CupsTimings;
  /** Told of every reply that nobody waits for. Must not throw. */
  onStray?: (stray: Stray) => void;
}

export interface SwitchAddress {
  host: string;
  port: number;
}

/** Every time in milliseconds. */
export interface CupsTimings {
  connectMs: number;
  /** A reply to anything but an enquiry, which brings a time of its own. */
  replyMs: number;
  /** A reply to sign-on, echo and key change, and the push of a key that was asked for. */
  networkReplyMs: number;
  /** Nothing read for so long: an echo is asked for. Twice in vain: the link is cut. */
  echoAfterMs: number;
  /** Between tries to connect: doubled from the first to the greatest, with up to half of it taken off by chance. */
  reconnectFirstMs: number;
  reconnectMaxMs: number;
  keyOverlapMs: number;
  /** Keys are not asked for more often than so when something looks as if they were wrong. */
  keyDoubtMs: number;
  fileMs: number;
}

/** As the public gateways have them. */
export const CUPS_TIMINGS_USUAL: CupsTimings = {
  connectMs: 10_000,
  replyMs: 30_000,
  networkReplyMs: 10_000,
  echoAfterMs: 60_000,
  reconnectFirstMs: 1000,
  reconnectMaxMs: 30_000,
  keyOverlapMs: 60_000,
  keyDoubtMs: 10_000,
  fileMs: 60_000,
};

/** A reply that came for nobody: too late, once more, or never asked for. To be kept for whoever has to look into a day. */
export interface Stray {
  kind: 'late' | 'repeated' | 'unmatched';
  messageType: string;
  /** MMDDhhmmss. */
  transmittedAt: string;
  stan: string;
  rrn: string;
  responseCode: string;
}
