import type { WalletName } from '../wallets/wallet.ts';
import { compileFlag, type Flag } from './flag.ts';
import { armsAt } from './plan.ts';
import { HIDDEN, type Rollout } from './rollout.ts';
import type { DecidedBy } from './rollouts.ts';

/** A rollout as a node keeps it in memory: decided from, never asked for. */
export interface Live {
  rollout: Rollout;
  /** What the limits of what may be at risk have been, oldest first. */
  figures: { money: readonly bigint[]; payments: readonly bigint[] };
  isHidden: boolean;
  /** Null where flagd does not understand the rule any more: then nobody sees it. */
  flag: Flag | null;
  shown: DecidedBy;
}

/** All rollouts in effect, as they stood at one moment. Never changed; a newer one takes its place. */
export interface Snapshot {
  byId: ReadonlyMap<string, Live>;
  /** By merchant (empty: of every merchant of the book) and by wallet or, for flags without one, key. */
  wallets: ReadonlyMap<string, ReadonlyMap<string, Live>>;
  flags: ReadonlyMap<string, ReadonlyMap<string, Live>>;
  /** Of each book: how often its rollouts had changed. */
  revisions: ReadonlyMap<number, bigint>;
}

export const EMPTY_SNAPSHOT: Snapshot = {
  byId: new Map(),
  wallets: new Map(),
  flags: new Map(),
  revisions: new Map(),
};

export type RolloutWithFigures = Rollout & { figures: Live['figures'] };

/** Compiles what has changed since `before` and takes over the rest. */
export function buildSnapshot(
  rollouts: readonly RolloutWithFigures[],
  revisions: ReadonlyMap<number, bigint>,
  before: Snapshot,
): Snapshot {
  const byId = new Map<string, Live>();
  const wallets = new Map<string, Map<string, Live>>();
  const flags = new Map<string, Map<string, Live>>();
  for (const rollout of rollouts) {
    const live = makeLive(rollout, before.byId.get(rollout.id));
    byId.set(rollout.id, live);
    const owner = ownerOf(rollout.book, rollout.plan.merchantId);
    if (rollout.plan.wallet !== null) put(wallets, owner, rollout.plan.wallet, live);
    put(flags, owner, rollout.plan.key, live);
  }
  return { byId, wallets, flags, revisions };
}

/** The rollouts that a wallet goes by at a shop: that of every shop, then the shop's own. Both must show it. */
export function findLives(snapshot: Snapshot, book: number, merchantId: string, wallet: WalletName): Live[] {
  const { common, own } = livesAt(snapshot, book, merchantId)(wallet);
  return present(common, own);
}

/** The same for one wallet of a shop after the other. */
export function livesAt({ wallets }: Snapshot, book: number, merchantId: string) {
  const everywhere = wallets.get(ownerOf(book, null));
  const here = wallets.get(ownerOf(book, merchantId));
  return (wallet: WalletName): { common: Live | undefined; own: Live | undefined } => ({
    common: everywhere?.get(wallet),
    own: here?.get(wallet),
  });
}

/** Whether any rollout concerns a wallet at a shop. */
export function isStaged({ wallets }: Snapshot, book: number, merchantId: string, wallet: WalletName): boolean {
  const isOf = (owner: string): boolean => wallets.get(owner)?.has(wallet) === true;
  return isOf(ownerOf(book, merchantId)) || isOf(ownerOf(book, null));
}

/** The same by the flag's key, with all others of its wallet: the answer is the cashier's. The first is the one that has the key. */
export function findFlags(snapshot: Snapshot, book: number, merchantId: string, key: string): Live[] {
  const { flags } = snapshot;
  const common = flags.get(ownerOf(book, null))?.get(key);
  const named = present(common, flags.get(ownerOf(book, merchantId))?.get(key));
  const besides = named.flatMap(({ rollout }) =>
    rollout.plan.wallet === null ? [] : findLives(snapshot, book, merchantId, rollout.plan.wallet),
  );
  return [...new Set([...named, ...besides])];
}

/** Those in effect beside a rollout that stage the same wallet: that of every shop beside a shop's own, and the other way about. */
export function findBeside({ byId }: Snapshot, { book, id, plan }: Pick<Rollout, 'book' | 'id' | 'plan'>): Rollout[] {
  if (plan.wallet === null) return [];
  const rollouts = [...byId.values()].map(({ rollout }) => rollout);
  return rollouts.filter(
    (other) =>
      other.book === book &&
      other.id !== id &&
      other.plan.wallet === plan.wallet &&
      (other.plan.merchantId === null) !== (plan.merchantId === null),
  );
}

/** The keys of all flags that concern a shop, sorted. */
export function flagKeys({ flags }: Snapshot, book: number, merchantId: string): string[] {
  const own = flags.get(ownerOf(book, merchantId))?.keys() ?? [];
  const common = flags.get(ownerOf(book, null))?.keys() ?? [];
  return [...new Set([...own, ...common])].toSorted();
}

function present(common: Live | undefined, own: Live | undefined): Live[] {
  return [common, own].filter((live) => live !== undefined);
}

function ownerOf(book: number, merchantId: string | null): string {
  return merchantId ?? `book ${book}`; // a merchant's id tells its book
}

function makeLive(rollout: RolloutWithFigures, before: Live | undefined): Live {
  const isSame = before?.rollout.version === rollout.version && before.rollout.step === rollout.step;
  return {
    rollout,
    figures: rollout.figures,
    isHidden: HIDDEN.includes(rollout.state),
    flag: isSame ? before.flag : compileFlag(rollout.plan, rollout.step, rollout.dealtAs),
    shown: {
      id: rollout.id,
      version: rollout.version,
      step: rollout.step,
      sharePpm: armsAt(rollout.plan, rollout.step).treatmentPpm,
      ...(rollout.judgedFrom === 1 ? {} : { since: rollout.judgedFrom }),
      ...(rollout.dealtAs === rollout.plan.key ? {} : { dealtAs: rollout.dealtAs }),
    },
  };
}

function put(map: Map<string, Map<string, Live>>, owner: string, name: string, live: Live): void {
  const of = map.get(owner) ?? new Map<string, Live>();
  map.set(owner, of.set(name, live));
}
