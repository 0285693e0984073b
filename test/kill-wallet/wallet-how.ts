import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import type { Random } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import type { HutongOptions } from '../../src/hutong.ts';

/** What a wallet under fire is opened with, as one process can tell another. */
export interface WalletHow {
  databaseUrl: string;
  /** Of the wallet's own server, which the app is served from. */
  port: number;
  masterSecret: string;
  bank: { port: number; institution: string; transportKeyHex: string; filesUrl: string };
  sms: { url: string; secret: string };
  logFile: string;
}

/** Shorter than on a real line, so that a silent bank does not cost the test half a minute each time. */
const TIMINGS = {
  replyMs: 900,
  networkReplyMs: 900,
  echoAfterMs: 1000,
  reconnectFirstMs: 20,
  reconnectMaxMs: 400,
  keyDoubtMs: 500,
};

export function toOptions(how: WalletHow, ground: { clock: Clock; random: Random; log: Log }): HutongOptions {
  const { bank, sms } = how;
  return {
    ...ground,
    databaseUrl: how.databaseUrl,
    publicUrl: 'http://127.0.0.1:1',
    masterSecrets: [new Secret(how.masterSecret)],
    isSandbox: true,
    wallet: {
      url: walletUrl(how),
      bank: {
        addresses: [{ host: '127.0.0.1', port: bank.port }],
        institution: bank.institution,
        transportKey: new Secret(bank.transportKeyHex),
        algorithm: '3des',
        filesUrl: bank.filesUrl,
      },
      sms: { url: sms.url, secret: new Secret(sms.secret) },
      sandboxPhoneUrl: null,
      // A sandbox, where shops may be told over plain http; nobody pays by the protocol's test hooks.
      testBuyers: () => Promise.reject(new Error('people pay by themselves here')),
      timings: TIMINGS,
    },
  };
}

export function walletUrl({ port }: Pick<WalletHow, 'port'>): string {
  return `http://localhost:${port}`;
}
