import { assert } from '../../base/assert.ts';

/** Of `n` payments `bad` went wrong; both whole numbers, `bad` at most `n`. */
export interface Share {
  n: number;
  bad: number;
}

/** Both arms within one step. */
export interface Pair {
  treatment: Share;
  control: Share;
}

export interface DropOptions {
  /** The chance of a wrong alarm over all looks together, above 0 and below one half. */
  alpha: number;
  /** The number of payments (at two equal arms) around which the bound is at its tightest. */
  tuningPayments: number;
  /** A difference that is put up with, as a part of one. */
  tolerated: number;
}

export interface Drop {
  /** By how much more goes wrong in treatment than in control: the estimate. Null without payments in both arms of some step. */
  worse: number | null;
  /** It is at least this, with `alpha` over all looks. */
  atLeast: number | null;
  isProven: boolean;
}

/**
 * Whether treatment goes wrong more often than control by more than is tolerated, valid however often one looks and whenever one stops.
 *
 * The bound is the one-sided asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit
 * theory and asymptotic confidence sequences", arXiv 2103.06476v7, equation 134, tuned by equation 161. Steps are put together by the
 * weights of Mantel and Haenszel (1959), each compared within itself: shares and base rates may change from step to step without making a
 * difference that is none (Simpson's paradox). The variance is that of no difference, with half a bad payment added to every step, so that
 * a few payments that all went well do not look certain.
 */
export function oneSidedDrop(pairs: readonly Pair[], options: DropOptions): Drop {
  let weight = 0;
  let excess = 0;
  let variance = 0;
  for (const { treatment, control } of pairs) {
    assert(isShare(treatment) && isShare(control), 'what went wrong is a part of all payments');
    if (treatment.n === 0 || control.n === 0) continue;
    const all = treatment.n + control.n;
    const paired = (treatment.n * control.n) / all;
    const rate = (treatment.bad + control.bad + 0.5) / (all + 1);
    weight += paired;
    excess += paired * (treatment.bad / treatment.n - control.bad / control.n);
    variance += paired * rate * (1 - rate);
  }
  if (weight === 0) return { worse: null, atLeast: null, isProven: false };
  const worse = excess / weight;
  // So many payments in two equal arms would tell as much.
  const payments = 4 * weight;
  const deviation = Math.sqrt((4 * variance) / weight);
  const atLeast = worse - deviation * sequenceHalfWidth(payments, options);
  return { worse, atLeast, isProven: atLeast > options.tolerated };
}

/** Half the width of the sequence for a standard deviation of one; equations 134 and 161. */
export function sequenceHalfWidth(n: number, options: Pick<DropOptions, 'alpha' | 'tuningPayments'>): number {
  const { alpha, tuningPayments } = options;
  assert(alpha > 0 && alpha < 0.5 && tuningPayments > 0, 'the chance of a wrong alarm is below one half');
  const doubled = -2 * Math.log(2 * alpha);
  const rhoSquared = (doubled + Math.log(doubled + 1)) / tuningPayments;
  const grown = n * rhoSquared + 1;
  return Math.sqrt(((2 * grown) / (n * n * rhoSquared)) * Math.log(1 + Math.sqrt(grown) / (2 * alpha)));
}

function isShare({ n, bad }: Share): boolean {
  return Number.isSafeInteger(n) && Number.isSafeInteger(bad) && bad >= 0 && bad <= n;
}
