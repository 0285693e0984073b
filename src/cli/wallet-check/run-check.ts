import type { Clock } from '../../base/clock.ts';
import { WALLET_CALL_TIMEOUT_MS, WALLET_REPLY_BYTES_MAX } from '../../base/limits.ts';
import type { Send } from '../../base/outbound.ts';
import type { Random } from '../../base/random.ts';
import { readBody } from '../../wallets/open/exchange.ts';
import { unboundReplyCovered, verifyMessage } from '../../wallets/open/verify.ts';
import { type Buyer, hookBuyer, personBuyer } from './buyer.ts';
import { Broken, type CheckCase, expectThat, NotSeen } from './check-case.ts';
import { type CheckAccount, CheckClient } from './check-client.ts';
import { CheckWorld, told } from './check-world.ts';
import { codeCases } from './code-cases.ts';
import { notificationCases } from './notification-cases.ts';
import type { NotificationEar } from './notification-ear.ts';
import { Observations } from './observations.ts';
import { orderCases } from './order-cases.ts';
import { type Manifest, readManifest } from './read-manifest.ts';
import { refundCases } from './refund-cases.ts';
import { observedCases, signatureCases } from './signature-cases.ts';
import { statementCases } from './statement-cases.ts';

export interface CheckResult {
  id: string;
  rule: string;
  result: 'passed' | 'failed' | 'skipped';
  /** What the wallet did, or why nobody looked. */
  why: string | null;
  /** What to do about a failure. */
  advice: string | null;
  /** The heading in docs/open-wallet-protocol.md. */
  section: string;
}

export interface CheckDeps {
  send: Send;
  clock: Clock;
  random: Random;
  ear: NotificationEar;
  account: CheckAccount;
  sleep(ms: number): Promise<void>;
  /** Tells a person to do something. */
  ask(line: string): void;
  onResult(result: CheckResult): void;
}

export const MANIFEST_PATH = '/.well-known/open-wallet';

/** Looked at before all others: where it is broken, nothing else can be seen. */
const ACCEPTS_SIGNED: CheckCase = {
  id: 'accepts-signed',
  rule: 'A rightly signed request of the merchant is believed.',
  advice:
    'Is this public key registered for the merchant, under this key id? Then compare your signature base with the test vectors of appendix B.',
  section: 'Signatures',
  async run(world) {
    const came = await world.query(world.freshNo());
    expectThat(came.status !== 401 && came.status !== 403, `a query was answered with ${told(came)}`);
  },
};

const MANIFEST_CASES = {
  told: {
    id: 'manifest',
    rule: 'The manifest can be read and says everything.',
    advice: 'Serve JSON at /.well-known/open-wallet with every member of the table.',
    section: 'Manifest',
  },
  signed: {
    id: 'manifest-signed',
    rule: 'The manifest is signed by one of its own keys.',
    advice: 'Sign it like a reply, over "@status" "content-digest", with the tag owp-reply.',
    section: 'Manifest',
  },
} as const;

/** Every rule, in the order in which they are looked at; what is said of every reply comes last. */
export const checkCases: readonly CheckCase[] = [
  ...signatureCases,
  ...orderCases,
  ...codeCases,
  ...refundCases,
  ...notificationCases,
  ...statementCases,
  ...observedCases,
];

/**
 * Runs every rule against the wallet at `origin`, one after the other, and tells each result as it comes. A wallet that does
 * not believe the merchant at all is asked nothing more.
 * @throws NotSeen when there is no manifest to begin with, or it is a wallet where real money moves
 */
export async function runCheck(deps: CheckDeps, origin: string): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const keep = (result: CheckResult): void => {
    results.push(result);
    deps.onResult(result);
  };
  const manifest = await checkManifest(deps, origin, keep);
  if (manifest.environment === 'production')
    throw new NotSeen(
      'the wallet says that it is its production: the checks pay and refund, so they run against a test wallet only',
    );
  const observations = new Observations();
  const client = new CheckClient({ ...deps, manifest, observations });
  const world = new CheckWorld({ ...deps, manifest, client, observations, buyer: buyerOf(deps, manifest) });
  keep(await runCase(world, ACCEPTS_SIGNED, results));
  if (results.at(-1)?.result !== 'passed') return results;
  for (const each of checkCases) keep(await runCase(world, each, results));
  return results;
}

function buyerOf(deps: CheckDeps, manifest: Manifest): Buyer {
  return manifest.hooksUrl === null ? personBuyer((line) => deps.ask(line)) : hookBuyer(deps.send, manifest.hooksUrl);
}

async function runCase(world: CheckWorld, each: CheckCase, before: readonly CheckResult[]): Promise<CheckResult> {
  const { id, rule, section } = each;
  const missing = each.needs?.find((need) => before.find((result) => result.id === need)?.result !== 'passed');
  if (missing !== undefined)
    return { id, rule, section, result: 'skipped', why: `needs ${missing}, which did not pass`, advice: null };
  try {
    await each.run(world);
    return { id, rule, section, result: 'passed', why: null, advice: null };
  } catch (error) {
    if (error instanceof NotSeen) return { id, rule, section, result: 'skipped', why: error.message, advice: null };
    if (!(error instanceof Broken)) throw error;
    return { id, rule, section, result: 'failed', why: error.message, advice: each.advice };
  }
}

async function checkManifest(deps: CheckDeps, origin: string, keep: (result: CheckResult) => void): Promise<Manifest> {
  const reply = await deps.send({
    method: 'GET',
    url: origin + MANIFEST_PATH,
    headers: { accept: 'application/json' },
    body: '',
    timeoutMs: WALLET_CALL_TIMEOUT_MS,
    replyBytesMax: WALLET_REPLY_BYTES_MAX,
  });
  if (reply.kind !== 'reply') throw new NotSeen(`${origin}${MANIFEST_PATH} cannot be reached: ${reply.reason}`);
  if (reply.status !== 200) throw new NotSeen(`${origin}${MANIFEST_PATH} answered ${reply.status}, not a manifest`);
  const { manifest, faults } = readManifest(readBody(reply.body));
  keep(resultOf(MANIFEST_CASES.told, () => expectThat(faults.length === 0, faults.join('; '))));
  if (manifest === null) throw new NotSeen(`the manifest cannot be used: ${faults.join('; ')}`);
  const verified = verifyMessage(reply, unboundReplyCovered(reply), 'owp-reply', manifest.keys, deps.clock.now());
  const why = verified.isBelieved ? '' : verified.reason;
  keep(resultOf(MANIFEST_CASES.signed, () => expectThat(verified.isBelieved, why)));
  return manifest;
}

function resultOf(about: Omit<CheckResult, 'result' | 'why'> & { advice: string }, look: () => void): CheckResult {
  try {
    look();
    return { ...about, result: 'passed', why: null, advice: null };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { ...about, result: 'failed', why: error.message };
  }
}
