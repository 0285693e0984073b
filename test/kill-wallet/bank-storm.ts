import type { BankSandbox } from '../../src/sandbox/bank/bank.ts';
import type { BankFault, FaultKind } from '../../src/sandbox/bank/bank-faults.ts';
import { banks } from '../../src/sandbox/bank/banks.ts';
import type { Dice } from '../kill/dice.ts';
import type { RailProxy } from './rail-proxy.ts';

const KINDS: readonly FaultKind[] = [
  'decline',
  'bank_down',
  'sign_off',
  'drop_request',
  'slow',
  'delay',
  'drop_reply',
  'drop_reply',
  'twice',
  'late',
  'wrong_mac',
  'wrong_amount',
  'other_stan',
  'swap',
  'reorder',
  'close_before',
  'close_middle',
  'close_after',
  'half_open',
  'corrupt',
  'key_change',
];
const OPERATIONS = ['transfer_out', 'transfer_in', 'purchase', 'refund', 'reversal', 'key', 'any'] as const;
/** No funds, over a limit, a card that is not what it was, no such card. */
const CODES = ['51', '61', '62', '14', '05', '65'] as const;
const FAULTS_AT_ONCE = 6;
const FRAMES_STRUCK = 0.04;
/** The switch may close its day early, but not day after day: its files come when the clock gets there. */
const DAY_SWITCHES_MAX = 2;

export interface Storm {
  disturb: () => void;
  calm: () => void;
  /** How often each fault was set. */
  set: Map<FaultKind, number>;
}

/** What goes wrong at the banks and on the way to them; a new set of it each time. */
export function brewStorm(dice: Dice, bank: BankSandbox, line: RailProxy): Storm {
  const set = new Map<FaultKind, number>();
  let daySwitches = 0;
  const add = (fault: BankFault): void => {
    bank.setFault(fault);
    set.set(fault.kind, (set.get(fault.kind) ?? 0) + 1);
  };
  return {
    set,
    disturb() {
      bank.clearFaults();
      for (let n = 0; n < FAULTS_AT_ONCE; n++) add(toFault(dice, dice.pick(KINDS)));
      if (daySwitches < DAY_SWITCHES_MAX && dice.isBelow(0.1)) {
        daySwitches += 1;
        add({ kind: 'day_switch', operation: 'any', times: 1 });
      }
      line.disturb(dice.isBelow(0.3) ? 0 : FRAMES_STRUCK);
    },
    calm() {
      bank.clearFaults();
      line.disturb(0);
    },
  };
}

function toFault(dice: Dice, kind: FaultKind): BankFault {
  const operation = dice.pick(OPERATIONS);
  const times = dice.between(1, 2);
  const somewhere = dice.isBelow(0.3) && operation !== 'key' ? { bank: dice.pick(banks).code } : {};
  if (kind === 'decline') return { kind, operation, times, value: dice.pick(CODES), ...somewhere };
  if (kind === 'slow' || kind === 'delay')
    return { kind, operation, times, value: dice.between(50, 1800), ...somewhere };
  return { kind, operation, times, ...somewhere };
}
