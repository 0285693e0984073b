import { assert } from '../../base/assert.ts';
import { logGamma } from './log-gamma.ts';

/** How many were dealt to each arm at one step, and in which proportion they should have been (any unit). */
export interface Split {
  treatment: { n: number; share: number };
  control: { n: number; share: number };
}

/** From so much evidence on the split is not as planned: once in a thousand rollouts by chance, over all looks. */
export const MISMATCH_EVIDENCE = 1000;

/**
 * One buyer's payments all fall into one arm, so they are no independent draws: so many count as one. The check finds a mismatch later
 * for it, but does not cry because somebody pays often.
 */
const PAYMENTS_COUNT_AS_ONE = 4;

/** How closely other shares than the planned one are looked for: a few points of a hundred around it. */
const CONCENTRATION = 100;

/**
 * How strongly the sizes of the arms speak against the planned split, as a factor (a Bayes factor, so an e-value: its chance ever to reach
 * x is at most 1/x while the split is right). Lindon and Malek, "Anytime-valid inference for multinomial count data" (2022): a Dirichlet
 * prior around the planned shares, here of two arms. Every step is tested by itself, and all together; the evidence is the mean of both,
 * so that an error of one late step is not drowned in the good steps before it.
 */
export function sampleRatioEvidence(splits: readonly Split[]): number {
  let product = 0;
  let mixture = 0;
  let left = 1;
  for (const split of splits) {
    const evidence = logEvidence(split);
    product += evidence;
    // The first weighs one half, the next a quarter: fixed before anything is seen, whatever comes.
    left /= 2;
    mixture += left * Math.exp(Math.min(evidence, LOG_MOST));
  }
  return (Math.exp(Math.min(product, LOG_MOST)) + mixture + left) / 2;
}

const LOG_MOST = 600;

function logEvidence({ treatment, control }: Split): number {
  assert(treatment.n >= 0 && control.n >= 0 && treatment.share >= 0 && control.share >= 0, 'no count is negative');
  if (treatment.share === 0 || control.share === 0) return 0;
  const planned = treatment.share / (treatment.share + control.share);
  const seen = treatment.n / PAYMENTS_COUNT_AS_ONE;
  const held = control.n / PAYMENTS_COUNT_AS_ONE;
  const a = CONCENTRATION * planned;
  const b = CONCENTRATION - a;
  const mixed = logBeta(a + seen, b + held) - logBeta(a, b);
  return mixed - seen * Math.log(planned) - held * Math.log1p(-planned);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
