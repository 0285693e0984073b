import type { Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Abilities } from '../links/open/ability.ts';
import type { WechatPlace } from '../links/preview/wechat-api.ts';
import type { Log } from '../base/log.ts';
import type { Send } from '../base/outbound.ts';
import type { Random } from '../base/random.ts';
import type { Secret } from '../base/secret.ts';
import type { Cashier } from '../cashier/cashier.ts';
import type { Sql } from '../db/connect.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Settings } from './settings.ts';
import type { Keyring } from '../vault/seal.ts';
import type { Input } from './input.ts';
import type { OpenedLinks } from '../links/open-links.ts';
import type { OpenedOffers } from '../offers/open-offers.ts';
import type { RunningRollouts } from '../rollout/open-rollouts.ts';
import type { WalletOptions, WalletServer } from './wallet-server.ts';

/** A row of the command table: what help shows, what is read from the line, and what is done. */
export interface Command {
  /** One to three words: `start`, `merchant create`, `sandbox bank fault`. */
  name: string;
  summary: string;
  /** Words after the name, in order; those that may be left out come last, and the last one may stand there `many` times. */
  words?: readonly { name: string; what: string; optional?: true; many?: true }[];
  options?: Readonly<Record<string, Option>>;
  /** Options that are taken here as well and told in another command's help, which `notes` name. */
  borrowed?: Readonly<Record<string, Option>>;
  /** What the first word adds, by that word: each has a help page of its own. */
  variants?: Readonly<Record<string, Variant>>;
  /** True when `--json` prints one JSON object a line. */
  json: boolean;
  /** More about it, for its own help page. */
  notes?: readonly string[];
  examples: readonly string[];
  /** @throws CliError, Refusal and the like: one line on standard error and exit code 1. */
  run(deps: CliDeps, input: Input): Promise<void>;
}

export interface Variant {
  summary: string;
  options: Readonly<Record<string, Option>>;
  notes: readonly string[];
  examples: readonly string[];
}

export interface Option {
  /** What stands for the value in help; null for a flag, which has none. */
  value: string | null;
  what: string;
  required?: boolean;
}

/** What main hands to every command; nothing else reads the process. */
export interface CliDeps {
  /** @throws CliError naming the setting that is wrong. */
  readSettings(): Settings;
  openServer(options: ServerOptions): Promise<Server>;
  makeLog(level: string): Log;
  terminal: Terminal;
  clock: Clock;
  random: Random;
  version: string;
  /** The book that new merchants belong to. */
  book: number;
  tempDir: string;
}

export interface Terminal {
  /** A line on standard output: what was asked for. */
  print(line: string): void;
  /** The same as a stream, for what is too much for one text. */
  out: Writable;
  /** A line on standard error: progress and problems. */
  note(line: string): void;
  /** Colours may be used on standard output. */
  hasColour: boolean;
  /** Letters in a line of standard output. */
  columns: number;
  /** Asks whoever sits there; null where nobody does. */
  questions: Questions | null;
  /** All of standard input: for what must not stand on a command line. */
  readInput(): Promise<string>;
  /** Told at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
  onStopRequest(listener: () => void): void;
}

export interface Questions {
  ask(question: string): Promise<string>;
  /** What is typed is not shown. */
  askSecret(question: string): Promise<string>;
}

/** What main's builder of a whole server takes and gives. */
export interface ServerOptions {
  databaseUrl: string;
  publicUrl: string;
  /** Another address of ours for share links alone. */
  linkUrl?: string;
  linkAbilities?: Abilities;
  /** Where WeChat's interfaces are, when it is not WeChat itself. */
  wechat?: WechatPlace;
  masterSecrets: readonly [Secret, ...Secret[]];
  isSandbox: boolean;
  clock: Clock;
  random: Random;
  log: Log;
  trustedProxies?: readonly string[];
  wallet?: WalletOptions | null;
  wrapSend?: (send: Send) => Send;
}

export interface Server {
  sql: Sql;
  keyring: Keyring;
  ledger: Ledger;
  cashier: Cashier;
  offers: OpenedOffers;
  rollouts: RunningRollouts;
  links: Pick<OpenedLinks, 'desk'>;
  app: { listen(at: { port: number; host: string }): Promise<unknown> };
  /** Null where no bank is set. */
  wallet: WalletServer | null;
  startWork(): void;
  stop(): Promise<void>;
}

/** It cannot be done; the message is one line that tells a person what to do. */
export class CliError extends Error {
  override name = 'CliError';
}

/** The command line is wrong: exit code 2. */
export class UsageError extends CliError {
  override name = 'UsageError';
}
