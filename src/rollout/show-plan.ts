import { formatMinor, money } from '../money/money.ts';
import type { PlanFile } from './plan-file.ts';
import { type FreezeWindow, type Plan, WHOLE_PPM } from './plan.ts';
import { showDuration, showShare } from './units.ts';

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A plan as a file with every default written out: `readPlan` makes the same plan of it, also when defaults have changed since. */
export function showPlan(plan: Plan): PlanFile {
  const alphaPpm = plan.guardrails.reduce((sum, one) => sum + Math.round(one.alpha * WHOLE_PPM), 0);
  return {
    key: plan.key,
    ...(plan.wallet === null ? {} : { wallet: plan.wallet }),
    ...(plan.merchantId === null ? {} : { merchant: plan.merchantId }),
    ...(plan.when === null ? {} : { when: { ...plan.when } }),
    always: { staff: plan.always.staff, buyers: [...plan.always.buyers] },
    steps: plan.steps.map((step) => ({
      share: showShare(step.sharePpm),
      for: showDuration(step.dwellMs),
      payments: step.payments,
      gate: step.isGate,
    })),
    holdback: showShare(plan.holdbackPpm),
    keep_holdback: showShare(plan.keepHoldbackPpm),
    freeze: plan.freeze.map(showWindow),
    at_risk: {
      ...(plan.atRisk.money === null
        ? {}
        : {
            currency: plan.atRisk.money.currency,
            money: formatMinor(money(plan.atRisk.money.currency, plan.atRisk.money.minor)),
          }),
      ...(plan.atRisk.payments === null ? {} : { payments: plan.atRisk.payments }),
    },
    slow: showDuration(plan.slowMs),
    guardrails: plan.guardrails.map((one) => ({
      metric: one.metric,
      tolerated: showShare(Math.round(one.tolerated * WHOLE_PPM)),
      alpha: showShare(Math.round(one.alpha * WHOLE_PPM)),
    })),
    alpha: showShare(alphaPpm),
    floor: plan.floor === null ? null : { ...plan.floor },
    late_days: plan.lateDays,
    on_breach: plan.onBreach,
  };
}

function showWindow(window: FreezeWindow): NonNullable<PlanFile['freeze']>[number] {
  return {
    ...(window.days.length === 0 ? {} : { days: window.days.flatMap((day) => WEEK[day - 1] ?? []) }),
    from: clockTime(window.fromMinute),
    until: clockTime(window.untilMinute),
    ...(window.firstDay === null ? {} : { first_day: window.firstDay }),
    ...(window.lastDay === null ? {} : { last_day: window.lastDay }),
  };
}

function clockTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
