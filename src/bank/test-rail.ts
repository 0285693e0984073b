import { onTestFinished } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import { CardNumber } from '../base/card-number.ts';
import { silentLog } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { money } from '../money/money.ts';
import { createCupsRail } from './cups.ts';
import type { CupsOptions, CupsTimings, Stray } from './cups-options.ts';
import { type PretendSwitch, startPretendSwitch } from './pretend-switch.ts';
import type { BankRail, CardAtBank, Identity, LegRequest, Stamp } from './rail.ts';

/** Nobody: numbers that a generator made, with right check digits. */
export const CARD_TEXT = '6212260200000001004';
export const OTHER_TEXT = '6225881234567890';
export const PERSON: Identity = { name: '王小明', idNumber: '11010519491231002X', phone: '13800138000' };
export const TRANSPORT_KEY = '0123456789ABCDEFFEDCBA9876543210';
export const INSTITUTION = '09990001';

/** Long where nothing is to happen, also on a machine that is busy with other things; short where something has to. */
export const TEST_TIMINGS: CupsTimings = {
  connectMs: 60_000,
  replyMs: 60_000,
  networkReplyMs: 60_000,
  echoAfterMs: 20_000,
  reconnectFirstMs: 20,
  reconnectMaxMs: 100,
  keyOverlapMs: 60_000,
  keyDoubtMs: 50,
  fileMs: 60_000,
};

export interface TestRail {
  pretend: PretendSwitch;
  rail: BankRail;
  strays: Stray[];
  kept: { text: string | null };
}

/** A rail that is signed on at a pretend switch; both are closed when the test is over. */
export async function openTestRail(
  options: Partial<Omit<CupsOptions, 'timings'>> & { timings?: Partial<CupsTimings> } = {},
  pretend?: PretendSwitch,
  waitMs = 60_000,
): Promise<TestRail> {
  const algorithm = options.algorithm ?? '3des';
  const peer =
    pretend ?? (await startPretendSwitch({ institution: INSTITUTION, transportKey: TRANSPORT_KEY, algorithm }));
  const strays: Stray[] = [];
  const kept: { text: string | null } = { text: null };
  const rail = createCupsRail({
    clock: new ManualClock(new Date('2026-11-23T01:30:15Z')),
    random: systemRandom,
    log: silentLog,
    send: () => Promise.resolve({ kind: 'not_sent', reason: 'no files here' }),
    addresses: [{ host: '127.0.0.1', port: peer.port }],
    links: 2,
    institution: INSTITUTION,
    forwarder: INSTITUTION,
    switchInstitution: '00010000',
    isTest: true,
    transportKey: new Secret(TRANSPORT_KEY),
    algorithm,
    macMethod: algorithm === 'sm4' ? 'sm4' : 'x9.19',
    macWithLengths: true,
    keys: {
      load: () => Promise.resolve(kept.text),
      save: (text) => {
        kept.text = text;
        return Promise.resolve();
      },
    },
    filesUrl: null,
    acceptor: { no: 'HUTONG000000001', name: '互通钱包' },
    inFlightMax: 500,
    queueMax: 100,
    onStray: (stray) => strays.push(stray),
    ...options,
    timings: { ...TEST_TIMINGS, ...options.timings },
  });
  onTestFinished(async () => {
    await rail.close();
    await peer.close();
  });
  await rail.open(waitMs);
  return { pretend: peer, rail, strays, kept };
}

let lastStan = 0;

/** A stamp that no other test of this file has. */
export function testStamp(): Stamp {
  lastStan += 1;
  const stan = String(lastStan).padStart(6, '0');
  return { transmittedAt: new Date('2026-11-23T01:30:15Z'), stan, rrn: `093015${stan}` };
}

export function testCard(text = CARD_TEXT, issuer = '01020000'): CardAtBank {
  return { number: cardNumber(text), issuer };
}

/** A transfer from a card. */
export function testLeg(changes: Partial<LegRequest> = {}): LegRequest {
  return {
    stamp: testStamp(),
    purpose: 'transfer',
    card: testCard(),
    amount: money('CNY', 12_345n),
    other: { number: cardNumber(OTHER_TEXT), name: '李四' },
    holder: PERSON.name,
    shop: null,
    original: null,
    ...changes,
  };
}

export function cardNumber(text: string): CardNumber {
  const number = CardNumber.read(text);
  if (number === null) throw new Error('not a card number');
  return number;
}

/** Waits until something is so; the test's own time limit ends a wait in vain. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}
