import { ROLLOUT_RULE_BYTES_MAX } from '../base/limits.ts';
import { CONTEXT_NAMES } from './context.ts';
import type { Plan, Rule } from './plan.ts';

/**
 * What a rule may do, of what flagd's JSON Logic can. Left out is whatever walks over lists (a few nested walks keep a processor busy for
 * hours), whatever draws or asks the clock (a decision must be the same again) and whatever throws.
 */
const OPERATORS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  ...operands(1, 1, '! !!'),
  ...operands(1, 2, 'var'),
  ...operands(2, 2, '== === != !== > >= in starts_with ends_with % /'),
  ...operands(2, 3, '< <= substr if'),
  ...operands(3, 3, 'sem_ver'),
  ...operands(1, 50, 'and or cat min max + - *'),
};
const DEPTH_MAX = 12;

/** What is wrong with a rule, in one sentence; null where nothing is. flagd-core compiles it afterwards and has the last word. */
export function checkRule(rule: Rule, wallet: Plan['wallet']): string | null {
  if (Buffer.byteLength(JSON.stringify(rule)) > ROLLOUT_RULE_BYTES_MAX)
    return `a rule is at most ${ROLLOUT_RULE_BYTES_MAX} bytes long`;
  return checkPart(rule, wallet, 0);
}

function operands(least: number, most: number, names: string): Record<string, readonly [number, number]> {
  return Object.fromEntries(names.split(' ').map((name) => [name, [least, most]]));
}

function checkPart(part: unknown, wallet: Plan['wallet'], depth: number): string | null {
  if (depth > DEPTH_MAX) return `a rule is at most ${DEPTH_MAX} levels deep`;
  if (typeof part !== 'object' || part === null) return null;
  if (Array.isArray(part)) return firstFault(part, wallet, depth);
  const [operator, ...more] = Object.keys(part);
  if (operator === undefined || more.length > 0) return 'each part of a rule has one operator';
  const bounds = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (bounds === undefined) return `"${operator}" is no operator here; there are ${Object.keys(OPERATORS).join(' ')}`;
  const operand = (part as Rule)[operator]; // an object that has this key
  const count = Array.isArray(operand) ? operand.length : 1;
  if (count < bounds[0] || count > bounds[1])
    return `"${operator}" takes ${bounds.join(' to ')} operands, not ${count}`;
  if (operator === 'var') return checkName(operand, wallet);
  return checkPart(operand, wallet, depth + 1);
}

function firstFault(parts: readonly unknown[], wallet: Plan['wallet'], depth: number): string | null {
  for (const part of parts) {
    const fault = checkPart(part, wallet, depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

/** A name with a slip of the pen would never be there and the rule quietly false. Other services' flags have names of their own. */
function checkName(operand: unknown, wallet: Plan['wallet']): string | null {
  const [name, otherwise = null]: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (typeof name !== 'string') return '"var" takes the name of a fact';
  // What stands for a fact that is missing is worked out like any other part; a plain value is all that anybody needs.
  if (typeof otherwise === 'object' && otherwise !== null)
    return `"var" takes a plain value for where "${name}" is missing`;
  if (name.startsWith('$flagd')) return `"${name}" is not the same again later, so a decision could not be repeated`;
  if (wallet === null || CONTEXT_NAMES.some((one) => one === name)) return null;
  return `there is no fact "${name}"; there are ${CONTEXT_NAMES.join(', ')}`;
}
