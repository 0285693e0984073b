import { readMessage } from './message.ts';
import type { World } from './world.ts';
import type { Act, MoneyOperation } from './world-event.ts';

/** The columns of the file in their order, as wide as this, one space between them. */
const WIDTHS = [
  11, 11, 6, 10, 19, 12, 12, 12, 4, 6, 4, 8, 15, 12, 2, 6, 11, 6, 2, 3, 12, 12, 12, 1, 3, 1, 1, 10, 11, 1, 2, 2, 12, 14,
];

/** What the switch calls each kind of transaction in its files. */
const CLEARING_IDS: Record<MoneyOperation, string> = {
  purchase: 'S22',
  transfer_out: 'S25',
  transfer_in: 'S33',
  refund: 'S30',
  reversal: 'R25',
};
const NO_FEE = '0'.repeat(12);

/**
 * What stands of one settlement day for one member, one line each. A debit that was taken back on its own day is not in it, nor is its
 * reversal; one that was taken back on a later day stands in its own file and its reversal in that of the later day.
 */
export function dayLines(world: World, institution: string, day: string): string[] {
  return listCleared(world, institution, day).map((act) => writeLine(world, act));
}

function listCleared(world: World, institution: string, day: string): Act[] {
  const reversed = new Set<string>();
  return (world.actsOfDay.get(day) ?? []).filter((act) => {
    if (act.code !== '00' || act.institution !== institution || act.reversedOn === day) return false;
    if (act.operation !== 'reversal') return true;
    const original = world.acts.get(act.original ?? '');
    // Told `00` a second time it moved nothing; moved on an earlier day it stands there.
    if (original === undefined || original.day === day || original.reversedOn !== day) return false;
    const isFirst = !reversed.has(original.key);
    reversed.add(original.key);
    return isFirst;
  });
}

function writeLine(world: World, act: Act): string {
  const { type, fields } = readMessage(Buffer.from(act.body, 'latin1'));
  const get = (number: number): string => fields.get(number) ?? '';
  const original = act.original ?? '';
  const columns = [
    get(32),
    get(33),
    get(11),
    get(7),
    get(2),
    get(4),
    NO_FEE,
    NO_FEE,
    `${type.slice(0, 2)}${Number(type[2]) - 1}0`,
    get(3),
    get(18),
    get(41),
    get(42),
    get(37),
    get(25),
    world.acts.get(original)?.authId ?? act.authId ?? '',
    get(100),
    original.slice(10, 16),
    act.code,
    act.entryMode,
    NO_FEE,
    NO_FEE,
    NO_FEE,
    '1',
    '000',
    '0',
    '0',
    original.slice(0, 10),
    get(100),
    '0',
    '07',
    '',
    NO_FEE,
    CLEARING_IDS[act.operation],
  ];
  return columns.map((column, at) => column.padEnd(WIDTHS[at] ?? 0)).join(' ');
}

/** Whether nothing can be added to the day any more. */
export function isClosed(world: World, day: string): boolean {
  return day < world.settlementDay;
}
