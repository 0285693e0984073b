import { MemoryStorage } from '@openfeature/flagd-core';
import type { Facts } from './context.ts';
import { armsAt, type Plan, WHOLE_PPM } from './plan.ts';
import type { Arm, DecisionReason } from './rollouts.ts';

/** What a flag says of one context. */
export interface FlagAnswer {
  shown: boolean;
  arm: Arm;
  reason: DecisionReason;
}

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

/** One step of a plan as a flag of flagd, in flagd's own form: it can be taken elsewhere and says the same there. */
export function toFlagd(plan: Plan, stepNo: number): object {
  const { treatmentPpm, controlPpm } = armsAt(plan, stepNo);
  const listed = [
    ...(plan.always.staff ? [{ var: 'staff' }] : []),
    ...(plan.always.buyers.length === 0
      ? []
      : [{ in: [{ var: 'buyer_id' }, plan.always.buyers] }, { in: [{ var: 'targetingKey' }, plan.always.buyers] }]),
  ];
  return {
    state: 'ENABLED',
    defaultVariant: 'outside',
    variants: Object.fromEntries(Object.keys(ANSWERS).map((name) => [name, name])),
    targeting: {
      if: [
        ...(listed.length === 0 ? [] : [{ or: listed }, 'listed']),
        ...(plan.when === null ? [] : [{ '!': [plan.when] }, 'elsewhere']),
        {
          fractional: [
            ['treatment', treatmentPpm],
            ['outside', WHOLE_PPM - treatmentPpm - controlPpm],
            ['control', controlPpm],
          ],
        },
      ],
    },
  };
}

/** Ready to be asked; null where flagd does not understand the rule. No code is generated from what people wrote. */
export function compileFlag(plan: Plan, stepNo: number): Flag | null {
  const storage = new MemoryStorage(SILENT, { disableDynamicCodeGeneration: true });
  try {
    storage.setConfigurations(JSON.stringify({ flags: { [plan.key]: toFlagd(plan, stepNo) } }), true);
  } catch {
    return null;
  }
  const flag = storage.getFlag(plan.key);
  if (flag === undefined || String(flag.evaluate({ targetingKey: 'any' }).errorCode) === 'PARSE_ERROR') return null;
  return (facts) => {
    const { variant } = flag.evaluate(facts);
    return (variant === undefined ? undefined : ANSWERS[variant]) ?? FAILED;
  };
}
