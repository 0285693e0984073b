import {
  LINK_PROOF_LOOK_HOURS,
  LINK_PROOF_MISSES_MAX,
  LINK_PROOF_RETRY_MINUTES,
  LINK_PROOF_UNSEEN_DAYS_MAX,
} from '../base/link-limits.ts';
import { Refusal } from '../base/refusal.ts';
import { raiseAlert } from '../cashier/raise-alert.ts';
import type { Tx } from '../db/connect.ts';
import { type DueLoop, startDueLoop } from '../db/due.ts';
import type { KeyClaim } from '../db/idempotency-store.ts';
import { withKey } from '../db/with-key.ts';
import type { DeskDeps } from './desk-deps.ts';
import { lookForProof, type ProofLook, proofPlacesOf } from './hosts/look-for-proof.ts';
import { lockMerchant, raiseMerchant } from './link-book-store.ts';
import {
  claimDueHosts,
  type DueHost,
  endLease,
  findHost,
  findServing,
  type HostRow,
  updateProof,
} from './link-host-store.ts';
import type { LinkHost } from './link.ts';
import type { Keyed, LinkActor } from './links.ts';
import { seenHost } from './register-host.ts';
import { showLinkHost } from './show-link.ts';

const HOUR_MS = 3_600_000;
const LEASE_MS = 60_000;
const LOOKS_AT_ONCE = 8;
const IDLE_MS = 5000;

/**
 * Looks now whether the proof is there; no transaction is open meanwhile. A host that links of another merchant are served under is looked at
 * for theirs, too: one that has changed hands goes to whoever proves it. @throws Refusal not_found, link_proof_missing, link_host_taken
 */
export async function proveHost(deps: DeskDeps, actor: LinkActor, id: string): Promise<LinkHost> {
  const { host } = await proveHostWithKey(deps, actor, id, null);
  if (host === null) throw new Error('assertion failed: without a key nothing is repeated');
  return host;
}

/** The same by an idempotency key; `host` is null where the reply is an earlier one. */
export async function proveHostWithKey(
  deps: DeskDeps,
  actor: LinkActor,
  id: string,
  claim: KeyClaim | null,
): Promise<Keyed & { host: LinkHost | null }> {
  const host = await seenHost(deps, actor, id);
  const look = await lookForProof(deps, host);
  if (look.kind !== 'found') throw missing(host, look);
  const rival = host.uses.includes('serve') ? await findServing(deps.sql, host.book, host.host) : null;
  const hasLeft =
    rival !== null && rival.id !== host.id && (await lookForProof(deps, rival)).kind === 'missing' ? rival : null;
  const done: { host: LinkHost | null } = { host: null };
  const reply = await withKey(deps.sql, claim, deps.clock.now(), null, async (tx) => {
    const merchants = [host.merchantId, ...(hasLeft === null ? [] : [hasLeft.merchantId])].sort();
    for (const merchantId of merchants) await lockMerchant(tx, host.book, merchantId);
    const now = deps.clock.now();
    if (hasLeft !== null) await lapse(deps, tx, hasLeft, 'another merchant has proved it');
    const before = await findHost(tx, host.book, id);
    if (before === null || before.droppedAt !== null)
      throw new Refusal('not_found', 'there is no such thing of this merchant');
    // What was looked for must be what is wanted still.
    if (before.uses.join() !== host.uses.join()) throw missing(before, { kind: 'unknown', file: null, dns: null });
    const serving = before.uses.includes('serve') ? await findServing(tx, host.book, host.host) : null;
    if (serving !== null && serving.id !== id)
      throw new Refusal('link_host_taken', `links of another merchant are served under ${host.host}`, {
        host: host.host,
      });
    const after: HostRow = { ...before, provedAt: before.provedAt ?? now, seenAt: now, missedLooks: 0 };
    await updateProof(tx, after, new Date(now.getTime() + LINK_PROOF_LOOK_HOURS * HOUR_MS));
    if (before.provedAt === null) await raiseMerchant(tx, host.book, host.merchantId);
    done.host = after;
    return { status: 200, body: JSON.stringify(showLinkHost(after)) };
  });
  deps.kept.doubt();
  return { ...reply, host: done.host };
}

/** Looks again at hosts that were proved, each once a day. */
export function startProofLooks(deps: DeskDeps): DueLoop {
  return startDueLoop({
    name: 'proofs of hosts',
    concurrency: LOOKS_AT_ONCE,
    idleMs: IDLE_MS,
    log: deps.log,
    claim: (limit) => claimProofLooks(deps, limit),
    work: (due) => lookAgain(deps, due),
  });
}

export async function claimProofLooks(deps: DeskDeps, limit: number): Promise<DueHost[]> {
  const now = deps.clock.now();
  return await claimDueHosts(deps.sql, now, new Date(now.getTime() + LEASE_MS), limit);
}

/**
 * A proof that is gone on LINK_PROOF_MISSES_MAX looks in a row proves nothing any more. Where nobody answers that says little: the host counts
 * for LINK_PROOF_UNSEEN_DAYS_MAX days after its proof was last seen.
 */
export async function lookAgain(deps: DeskDeps, due: DueHost): Promise<void> {
  const host = await findHost(deps.sql, due.book, due.id);
  if (host === null || host.provedAt === null) return;
  const look = await lookForProof(deps, host);
  await deps.sql.begin(async (tx) => {
    await lockMerchant(tx, host.book, host.merchantId);
    const now = deps.clock.now();
    if (!(await endLease(tx, due, now))) return;
    const before = await findHost(tx, due.book, due.id);
    if (before === null || before.provedAt === null) return;
    const next = (ms: number): Date => new Date(now.getTime() + ms);
    if (look.kind === 'found') {
      await updateProof(tx, { ...before, seenAt: now, missedLooks: 0 }, next(LINK_PROOF_LOOK_HOURS * HOUR_MS));
      return;
    }
    const missedLooks = before.missedLooks + (look.kind === 'missing' ? 1 : 0);
    const unseenMs = now.getTime() - (before.seenAt ?? before.provedAt).getTime();
    if (missedLooks >= LINK_PROOF_MISSES_MAX) await lapse(deps, tx, before, 'its proof is gone');
    else if (look.kind === 'unknown' && unseenMs >= LINK_PROOF_UNSEEN_DAYS_MAX * 24 * HOUR_MS)
      await lapse(deps, tx, before, `its proof could not be looked for in ${LINK_PROOF_UNSEEN_DAYS_MAX} days`);
    else {
      const pauseMs = look.kind === 'missing' ? LINK_PROOF_LOOK_HOURS * HOUR_MS : LINK_PROOF_RETRY_MINUTES * 60_000;
      await updateProof(tx, { ...before, missedLooks }, next(pauseMs));
    }
  });
  deps.kept.doubt();
}

/** Links lead there no more, and the operator reads why. */
async function lapse(deps: DeskDeps, tx: Tx, host: HostRow, why: string): Promise<void> {
  await updateProof(tx, { ...host, provedAt: null }, null);
  await raiseMerchant(tx, host.book, host.merchantId);
  await raiseAlert(tx, deps, host, 'link_host_lapsed', `${host.host} no longer counts for links: ${why}`);
}

function missing(host: LinkHost, look: Exclude<ProofLook, { kind: 'found' }>): Refusal {
  const { line, fileUrl, dnsName } = proofPlacesOf(host);
  return new Refusal('link_proof_missing', `the proof of ${host.host} is not there`, {
    expected: line,
    ...(fileUrl === null ? {} : { file_url: fileUrl }),
    ...(look.file === null ? {} : { file_found: look.file }),
    ...(dnsName === null ? {} : { dns_name: dnsName }),
    ...(look.dns === null ? {} : { dns_found: look.dns }),
  });
}
