import type { Currency } from '../money/money.ts';
import type { WalletName } from '../wallets/wallet.ts';

/*
 * What is to happen with a rollout, said before it begins. `planFile` (plan-file.ts) is how people write it, `readPlan` (read-plan.ts)
 * makes this of it. A plan never changes: a changed plan is a new version of its rollout.
 */

export interface Plan {
  /** The flag's name, part of every buyer's bucket: `wallet.unionpay`. Another key deals the buyers anew. */
  key: string;
  /** The wallet that is staged; null for a flag that only other services ask about. */
  wallet: WalletName | null;
  /** Null for every merchant of the book. */
  merchantId: string | null;
  /** JSON Logic over the names of the context (`CONTEXT_NAMES`); null concerns every payment. */
  when: Rule | null;
  /** Who always sees it, whatever their bucket: they are looked after first, and counted in neither arm. */
  always: { staff: boolean; buyers: readonly string[] };
  /** Ever larger shares, at least one. */
  steps: readonly Step[];
  /** At most so many are held back to compare with; never more than see it. See `armsAt`. */
  holdbackPpm: number;
  /** Of the last step, where all see it: so many stay held back after the end. */
  keepHoldbackPpm: number;
  freeze: readonly FreezeWindow[];
  atRisk: AtRisk;
  /** A wallet's answer that took longer counts as slow. */
  slowMs: number;
  guardrails: readonly Guardrail[];
  /** So many failures among the last so many of the staged wallet's own attempts halt it at once, without statistics; null for none. */
  floor: { failures: number; of: number } | null;
  /** After the last step, refunds and complaints that come so many days later can still roll it back. */
  lateDays: number;
  onBreach: 'halt' | 'roll_back';
}

export type Rule = { readonly [operator: string]: unknown };

export interface Step {
  /** Parts per million that see it. */
  sharePpm: number;
  /** It lasts at least so long … */
  dwellMs: number;
  /** … and until so many payments of the treatment have begun in it, whichever is later. At least 1: without traffic nothing advances. */
  payments: number;
  /** At its end it waits until a person approves. */
  isGate: boolean;
}

/** What is unresolved through the staged wallet at once, at most; null where not limited. The money's currency is the plan's only one then. */
export interface AtRisk {
  money: { currency: Currency; minor: bigint } | null;
  payments: number | null;
}

/** No step ends inside one. Asia/Shanghai; with neither days nor dates it is every day. */
export interface FreezeWindow {
  /** 1 is Monday, 7 Sunday; empty for every day. */
  days: readonly number[];
  /** Minutes since midnight; where `untilMinute` is not later, it ends on the day after the one on which it begins. */
  fromMinute: number;
  untilMinute: number;
  /** `2026-11-10`, the first and the last day on which it may begin; null for no end on that side. */
  firstDay: string | null;
  lastDay: string | null;
}

/** Shares of bad payments, treatment against control; both refunds and complaints may come late. */
export const GUARDED = ['failed', 'slow', 'unknown', 'duplicate', 'refunded', 'complained'] as const;
export type Guarded = (typeof GUARDED)[number];

export interface Guardrail {
  metric: Guarded;
  /** So much more of it than in the control is put up with: 0.02 is two points of a hundred. */
  tolerated: number;
  /** The chance that this guardrail halts a whole rollout that does no harm; together never above the plan's. */
  alpha: number;
}

export interface Arms {
  treatmentPpm: number;
  controlPpm: number;
}

export const WHOLE_PPM = 1_000_000;

/**
 * Who sees it and who is held back at a step, counted from 0. The treatment is cut from the bottom and grows upwards, the control from the
 * top, so growing takes it from nobody, and nobody who saw it is ever held back.
 */
export function armsAt(plan: Pick<Plan, 'steps' | 'holdbackPpm' | 'keepHoldbackPpm'>, stepNo: number): Arms {
  const share = plan.steps[stepNo]?.sharePpm ?? 0;
  if (share === WHOLE_PPM) return { treatmentPpm: WHOLE_PPM - plan.keepHoldbackPpm, controlPpm: plan.keepHoldbackPpm };
  return { treatmentPpm: share, controlPpm: Math.min(plan.holdbackPpm, share, WHOLE_PPM - share) };
}
