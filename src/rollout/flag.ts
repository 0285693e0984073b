import { MemoryStorage } from '@openfeature/flagd-core';
import type { Facts } from './context.ts';
import type { Plan } from './plan.ts';
import type { PlanDecision } from './rollouts.ts';
import { type Segment, segmentsAt } from './segments.ts';

/** What a flag says of one context. */
export type FlagAnswer = Omit<PlanDecision, 'rollout'>;

export type Flag = (facts: Facts) => FlagAnswer;

/**
 * `listed` is staff or on the allow list, `elsewhere` is not concerned by the plan's rule; the other three are dealt by the bucket, that is by
 * a hash of the flag's key and the targeting key.
 */
const ANSWERS: Readonly<Record<string, FlagAnswer>> = {
  listed: { shown: true, arm: 'treatment', reason: 'TARGETING_MATCH' },
  elsewhere: { shown: false, arm: 'outside', reason: 'DEFAULT' },
  treatment: { shown: true, arm: 'treatment', reason: 'SPLIT' },
  control: { shown: false, arm: 'control', reason: 'SPLIT' },
  outside: { shown: false, arm: 'outside', reason: 'SPLIT' },
};
const FAILED: FlagAnswer = { shown: false, arm: 'outside', reason: 'ERROR' };

const SILENT = { error() {}, warn() {}, info() {}, debug() {} };

/**
 * One step of a plan as a flag of flagd, in flagd's own form: it can be taken elsewhere and says the same there. An arm's buckets that came
 * in at an earlier step have a variant of their own, `treatment/2`, counted from 0.
 */
export function toFlagd(plan: Plan, stepNo: number): object {
  const segments = segmentsAt(plan, stepNo);
  const listed = [
    ...(plan.always.staff ? [{ var: 'staff' }] : []),
    ...(plan.always.buyers.length === 0
      ? []
      : [{ in: [{ var: 'buyer_id' }, plan.always.buyers] }, { in: [{ var: 'targetingKey' }, plan.always.buyers] }]),
  ];
  return {
    state: 'ENABLED',
    defaultVariant: 'outside',
    variants: Object.fromEntries([...Object.keys(ANSWERS), ...segments.map(variantOf)].map((name) => [name, name])),
    targeting: {
      if: [
        ...(listed.length === 0 ? [] : [{ or: listed }, 'listed']),
        ...(plan.when === null ? [] : [{ '!': [plan.when] }, 'elsewhere']),
        { fractional: segments.map((segment) => [variantOf(segment), segment.ppm]) },
      ],
    },
  };
}

function variantOf({ arm, entered }: Segment): string {
  return entered === null ? arm : `${arm}/${entered}`;
}

/**
 * Ready to be asked; null where flagd does not understand the rule. `dealtAs` is what the buckets are made with, beside who the buyer is. No
 * code is generated from what people wrote.
 */
export function compileFlag(plan: Plan, stepNo: number, dealtAs = plan.key): Flag | null {
  const storage = new MemoryStorage(SILENT, { disableDynamicCodeGeneration: true });
  try {
    storage.setConfigurations(JSON.stringify({ flags: { [dealtAs]: toFlagd(plan, stepNo) } }), true);
  } catch {
    return null;
  }
  const answers = new Map(Object.entries(ANSWERS));
  for (const segment of segmentsAt(plan, stepNo))
    if (segment.entered !== null)
      answers.set(variantOf(segment), { ...(ANSWERS[segment.arm] ?? FAILED), entered: segment.entered });
  const flag = storage.getFlag(dealtAs);
  if (flag === undefined || String(flag.evaluate({ targetingKey: 'any' }).errorCode) === 'PARSE_ERROR') return null;
  return (facts) => {
    const { variant } = flag.evaluate(facts);
    return (variant === undefined ? undefined : answers.get(variant)) ?? FAILED;
  };
}
