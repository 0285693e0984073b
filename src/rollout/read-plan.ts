import { Value } from 'typebox/value';
import { isId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import { isDay } from '../base/shanghai.ts';
import { type Currency, isCurrency } from '../money/money.ts';
import { readAmount } from '../money/read-amount.ts';
import type { WalletName } from '../wallets/wallet.ts';
import { checkRule } from './check-rule.ts';
import { compileFlag } from './flag.ts';
import { endOfFreeze } from './freeze.ts';
import { planFile, type PlanFile } from './plan-file.ts';
import { type FreezeWindow, type Guardrail, type Plan, type Step, WHOLE_PPM } from './plan.ts';
import { readDuration, readShare } from './units.ts';

const DWELL = '10m';
const PAYMENTS = 100;
const SLOW = '3s';
const ALPHA = '5%';
const TOLERATED = '1%';
const LATE_DAYS = 14;
const FLOOR = { failures: 20, of: 30 };
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const USUAL_METRICS = ['failed', 'slow', 'unknown', 'duplicate', 'refunded'] as const;

/** Makes a plan of what somebody wrote. @throws Refusal `invalid_request`, naming the field and what is wrong with it. */
export function readPlan(value: unknown): Plan {
  const file = checkShape(value);
  const steps = file.steps.map(readStep);
  const plan: Plan = {
    key: file.key,
    wallet: (file.wallet ?? null) as WalletName | null, // the schema lists their names
    merchantId: readMerchant(file),
    when: file.when ?? null,
    always: { staff: file.always?.staff ?? true, buyers: file.always?.buyers ?? [] },
    steps,
    holdbackPpm: file.holdback === undefined ? WHOLE_PPM / 2 : share('holdback', file.holdback),
    keepHoldbackPpm: file.keep_holdback === undefined ? 0 : share('keep_holdback', file.keep_holdback),
    freeze: (file.freeze ?? []).map(readFreezeWindow),
    atRisk: readAtRisk(file),
    slowMs: duration('slow', file.slow ?? SLOW),
    guardrails: readGuardrails(file),
    floor: file.floor === undefined ? FLOOR : file.floor,
    lateDays: file.late_days ?? LATE_DAYS,
    onBreach: file.on_breach === 'roll_back' ? 'roll_back' : 'halt',
  };
  checkPlan(plan);
  return plan;
}

/** What no single field tells. */
function checkPlan(plan: Plan): void {
  const { steps, keepHoldbackPpm, holdbackPpm, floor } = plan;
  for (const [at, step] of steps.entries()) {
    const before = steps[at - 1]?.sharePpm ?? 0;
    if (step.sharePpm <= before) throw fault(`steps[${at}].share`, 'each step is larger than the one before');
  }
  const last = steps.at(-1)?.sharePpm ?? 0;
  if (keepHoldbackPpm > 0 && last !== WHOLE_PPM)
    throw fault('keep_holdback', 'is for plans that end at 100%: a smaller last step holds back anyway');
  if (WHOLE_PPM - keepHoldbackPpm < (steps.at(-2)?.sharePpm ?? 1))
    throw fault('keep_holdback', 'would take the wallet from buyers who have it at the step before');
  if (holdbackPpm === 0 && steps.length > 1)
    throw fault('holdback', 'without anybody held back there is nothing to compare with');
  if (floor !== null && floor.failures > floor.of) throw fault('floor', 'there are more failures than attempts');
  if (plan.slowMs === 0) throw fault('slow', 'is longer than nothing');
  if (endOfFreeze(plan.freeze, new Date('2026-01-01T00:00:00Z')) === null)
    throw fault('freeze', 'the windows leave no time in which anything may begin');
  if (plan.when === null) return;
  const wrong = checkRule(plan.when, plan.wallet);
  if (wrong !== null) throw fault('when', wrong);
  if (compileFlag(plan, 0) === null) throw fault('when', 'is no JSON Logic that flagd understands');
}

function checkShape(value: unknown): PlanFile {
  if (Value.Check(planFile, value)) return value;
  const [first] = Value.Errors(planFile, value).filter((one) => one.keyword !== 'boolean' && one.keyword !== 'anyOf');
  if (first === undefined) throw new Refusal('invalid_request', 'This is no plan of a rollout.', { param: 'plan' });
  const unknown = 'additionalProperties' in first.params ? String(first.params.additionalProperties) : '';
  const param = pathOf(unknown === '' ? first.instancePath : `${first.instancePath}/${unknown}`);
  throw fault(param === '' ? 'plan' : param, unknown === '' ? first.message : 'there is no such field');
}

/** `/steps/0/share` as `steps[0].share`. */
function pathOf(pointer: string): string {
  return pointer
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replace(/^\//, '')
    .replaceAll('/', '.');
}

function readStep(file: PlanFile['steps'][number], at: number): Step {
  const sharePpm = share(`steps[${at}].share`, file.share);
  if (sharePpm === 0) throw fault(`steps[${at}].share`, 'a share is at least one in a million');
  return {
    sharePpm,
    dwellMs: duration(`steps[${at}].for`, file.for ?? DWELL),
    payments: file.payments ?? PAYMENTS,
    isGate: file.gate ?? false,
  };
}

function readMerchant(file: PlanFile): string | null {
  if (file.merchant === undefined) return null;
  if (!isId('mer', file.merchant)) throw fault('merchant', 'is the id of a merchant');
  return file.merchant;
}

function readFreezeWindow(file: NonNullable<PlanFile['freeze']>[number], at: number): FreezeWindow {
  const firstDay = file.first_day ?? null;
  const lastDay = file.last_day ?? null;
  for (const [name, day] of [
    ['first_day', firstDay],
    ['last_day', lastDay],
  ] as const)
    if (day !== null && !isDay(day)) throw fault(`freeze[${at}].${name}`, 'is no day of the calendar');
  if (firstDay !== null && lastDay !== null && lastDay < firstDay)
    throw fault(`freeze[${at}].last_day`, 'is before the first day');
  const fromMinute = minuteOf(file.from ?? '00:00');
  if (fromMinute === 24 * 60) throw fault(`freeze[${at}].from`, 'is at most 23:59');
  return {
    days: (file.days ?? []).map((day) => WEEK.findIndex((one) => one === day) + 1).toSorted((a, b) => a - b),
    fromMinute,
    untilMinute: minuteOf(file.until ?? '24:00'),
    firstDay,
    lastDay,
  };
}

function minuteOf(text: string): number {
  const [hours = '', minutes = ''] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function readAtRisk({ at_risk: file }: PlanFile): Plan['atRisk'] {
  const payments = file?.payments ?? null;
  if (file?.money === undefined) return { money: null, payments };
  const currency: Currency = isCurrency(file.currency) ? file.currency : 'CNY';
  const reading = readAmount(file.money, currency);
  if (reading.kind === 'fault') throw fault('at_risk.money', `is an amount (${reading.fault.replaceAll('_', ' ')})`);
  return { money: reading.amount, payments };
}

/** What is left of alpha by those that name their part goes in equal parts to those that do not. */
function readGuardrails(file: PlanFile): Guardrail[] {
  const rows: NonNullable<PlanFile['guardrails']> = file.guardrails ?? USUAL_METRICS.map((metric) => ({ metric }));
  if (new Set(rows.map((row) => row.metric)).size < rows.length)
    throw fault('guardrails', 'there is one guardrail for each metric');
  const wholePpm = share('alpha', file.alpha ?? ALPHA);
  if (wholePpm === 0 || wholePpm > WHOLE_PPM / 5) throw fault('alpha', 'is more than nothing and at most 20%');
  const own = rows.map((row, at) => (row.alpha === undefined ? null : share(`guardrails[${at}].alpha`, row.alpha)));
  const leftPpm = wholePpm - own.reduce<number>((sum, ppm) => sum + (ppm ?? 0), 0);
  const open = own.filter((ppm) => ppm === null).length;
  const eachPpm = open === 0 ? 0 : Math.floor(leftPpm / open);
  if (leftPpm < 0 || (open > 0 && eachPpm === 0)) throw fault('alpha', 'the guardrails have more of it than there is');
  return rows.map((row, at) => {
    const alpha = (own[at] ?? eachPpm) / WHOLE_PPM;
    if (alpha === 0) throw fault(`guardrails[${at}].alpha`, 'with none of it, a guardrail never halts');
    return {
      metric: row.metric,
      tolerated: share(`guardrails[${at}].tolerated`, row.tolerated ?? TOLERATED) / WHOLE_PPM,
      alpha,
    };
  });
}

function share(param: string, text: string): number {
  const ppm = readShare(text);
  if (ppm === null) throw fault(param, 'is a share of at most 100%, in whole millionths');
  return ppm;
}

function duration(param: string, text: string): number {
  const ms = readDuration(text);
  if (ms === null) throw fault(param, 'is a duration such as 30m');
  return ms;
}

function fault(param: string, what: string): Refusal {
  return new Refusal('invalid_request', `${param}: ${what}`, { param });
}
