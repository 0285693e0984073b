import type { Money } from '../money/money.ts';
import type { Act, ProofLevel } from './users.ts';

/*
 * How much has to be proved for what, as data. One factor, two, or two with a signature over the act: the classes of PBOC notice 银发〔2017〕296
 * with figures of our own. Amounts in fen; a row counts from its amount upward.
 */

interface LevelRow {
  fromMinor: bigint;
  level: ProofLevel;
}

const BY_AMOUNT: readonly LevelRow[] = [
  { fromMinor: 0n, level: 'device' },
  { fromMinor: 1_000_00n, level: 'pin' },
  { fromMinor: 5_000_00n, level: 'strong' },
];
const AT_LEAST_PIN: readonly LevelRow[] = [
  { fromMinor: 0n, level: 'pin' },
  { fromMinor: 5_000_00n, level: 'strong' },
];
/** In its first 24 hours a device is trusted with little. */
const NEW_DEVICE: readonly LevelRow[] = [
  { fromMinor: 0n, level: 'pin' },
  { fromMinor: 1_000_00n, level: 'strong' },
];
const ALWAYS = (level: ProofLevel): readonly LevelRow[] => [{ fromMinor: 0n, level }];

export const PROOF_LEVELS: Readonly<Record<Act['kind'], readonly LevelRow[]>> = {
  transfer: BY_AMOUNT,
  repayment: BY_AMOUNT,
  purchase: AT_LEAST_PIN,
  // A code to the phone that the bank knows belongs to the binding itself.
  bind_card: ALWAYS('device'),
  unbind_card: ALWAYS('pin'),
  raise_limit: ALWAYS('strong'),
  change_phone: ALWAYS('strong'),
  // Four elements at the bank and a code belong to the reset itself.
  reset_pin: ALWAYS('device'),
  add_passkey: ALWAYS('strong'),
  remove_passkey: ALWAYS('pin'),
};

export interface LevelFacts {
  kind: Act['kind'];
  /** Null where no money moves. */
  amount: Money | null;
  deviceIsNew: boolean;
  /** The first money to this payee. */
  payeeIsNew: boolean;
  /** The shop scanned the buyer's payment code: showing it was the one factor. */
  byPaymentCode: boolean;
}

/** The highest of all rows that apply. */
export function levelFor(facts: LevelFacts): ProofLevel {
  const minor = facts.amount?.minor ?? 0n;
  const table = facts.kind === 'purchase' && facts.byPaymentCode ? BY_AMOUNT : PROOF_LEVELS[facts.kind];
  const isMoney = facts.amount !== null;
  return highest([
    levelAt(table, minor),
    ...(isMoney && facts.deviceIsNew ? [levelAt(NEW_DEVICE, minor)] : []),
    ...(isMoney && facts.payeeIsNew ? [levelAt(AT_LEAST_PIN, minor)] : []),
  ]);
}

const RANK: Readonly<Record<ProofLevel, number>> = { device: 0, pin: 1, strong: 2 };

/** Whether what was proved is as much as is asked for, or more. */
export function isLevelEnough(proven: ProofLevel, asked: ProofLevel): boolean {
  return RANK[proven] >= RANK[asked];
}

function levelAt(table: readonly LevelRow[], minor: bigint): ProofLevel {
  return table.findLast((row) => minor >= row.fromMinor)?.level ?? 'strong';
}

function highest(levels: readonly ProofLevel[]): ProofLevel {
  return levels.reduce((high, level) => (RANK[level] > RANK[high] ? level : high), 'device');
}
