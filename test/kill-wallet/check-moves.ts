import type { Sql } from '../../src/db/connect.ts';
import { BOOK } from '../../src/hutong.ts';
import type { HutongWallet } from '../../src/open-wallet.ts';
import { MOVES_OF_STATE } from '../../src/transfers/moves-of-state.ts';
import type { Move, MoveState } from '../../src/transfers/transfers.ts';
import type { BankSandbox } from '../../src/sandbox/bank/bank.ts';
import type { Standing } from './bank-record.ts';
import type { Somebody } from './people.ts';
import type { Witness } from './witness.ts';

/** Scheduled transfers set out two hours after they were made. */
const LATE_MS = 4 * 3_600_000;

/** A move with the messages of its legs, by what the switch knows them by. */
export interface RecordedMove {
  move: Move;
  legs: Partial<Record<'debit' | 'credit' | 'reversal', RecordedLeg>>;
}

interface RecordedLeg {
  name: string;
  sendsCount: number;
  /** How it ended, in words. */
  ending: string;
}

export async function readRecorded(sql: Sql, wallet: HutongWallet): Promise<RecordedMove[]> {
  const ids = await sql<{ id: string }[]>`select id from moves where not was_refused`;
  const moves = await wallet.transfers.find(
    BOOK,
    ids.map(({ id }) => id),
  );
  const legs = await sql<(RecordedLeg & { moveId: string; side: 'debit' | 'credit' | 'reversal' })[]>`
    select move_id as "moveId", side,
      to_char(transmitted_at at time zone 'Asia/Shanghai', 'MMDDHH24MISS') || ' ' || stan as name,
      sends_count as "sendsCount",
      concat_ws(' ', side, state, code, reason, settlement_day, 'sent', sends_count, 'times') as ending
    from legs`;
  const recorded = new Map([...moves].map(([id, move]): [string, RecordedMove] => [id, { move, legs: {} }]));
  for (const { moveId, side, ...leg } of legs) {
    const one = recorded.get(moveId);
    if (one !== undefined) one.legs[side] = leg;
  }
  return [...recorded.values()];
}

/** I6, I7, I9, I14: what people were told is so, nothing else happened, and nobody heard of an end that was none. */
export function compareWitness(witness: Witness, recorded: readonly RecordedMove[]): string[] {
  const wrong: string[] = [];
  const byId = new Map(recorded.map(({ move }) => [move.id as string, move]));
  for (const [id, { move: told, states }] of witness.seen) {
    const move = byId.get(id);
    if (move === undefined) {
      wrong.push(`${id}, which somebody was told of, is gone`);
      continue;
    }
    const minor = BigInt(told.amount.minor);
    if (move.kind !== told.kind || move.amount.minor !== (minor < 0n ? -minor : minor))
      wrong.push(`${id} was told as ${told.kind} of ${told.amount.minor}, is ${move.kind} of ${move.amount.minor}`);
    for (const state of states)
      if (!mayBecome(state, move.state)) wrong.push(`${id} was told to be ${state}, and ends ${move.state}`);
  }
  for (const id of witness.canceled)
    if (byId.get(id)?.state !== 'canceled') wrong.push(`${id} was told to be canceled, and is ${byId.get(id)?.state}`);
  for (const { move } of recorded)
    if (move.quoteId !== null && !witness.confirmed.has(move.id))
      wrong.push(`${move.id} (${move.kind}) was made, and no confirmation was ever answered with it`);
  return [...wrong, ...witness.contradictions];
}

/** Along the table of states, however many steps. */
function mayBecome(from: MoveState, to: MoveState): boolean {
  const before: readonly MoveState[] = MOVES_OF_STATE[to];
  return from === to || before.some((state) => mayBecome(from, state));
}

/**
 * Moves that ended long after everything worked again: a bank that has refused for good, and whose first answer was lost, says the same
 * for ever, and only its switch's files tell whether the sending before had been done.
 */
export function listLate(recorded: readonly RecordedMove[], calmAt: Date): string[] {
  const late = recorded.filter(({ move: { endedAt } }) => (endedAt?.getTime() ?? 0) - calmAt.getTime() > LATE_MS);
  return late.map(({ move, legs }) => {
    const hours = Math.round(((move.endedAt?.getTime() ?? 0) - calmAt.getTime()) / 3_600_000);
    const endings = Object.values(legs).map(({ ending }) => ending);
    return `${move.id} ${move.kind} ${move.state} after ${hours} hours: ${endings.join('; ')}`;
  });
}

/** I5, I8, I14: move by move, what the banks' books have and what we say. Whatever stands there is a leg of ours, and none stands twice. */
export function compareWithBanks(recorded: readonly RecordedMove[], standing: ReadonlyMap<string, Standing>): string[] {
  const wrong: string[] = [];
  const known = new Set<string>();
  for (const { move, legs } of recorded) {
    const there = (side: 'debit' | 'credit'): Standing | undefined => standing.get(legs[side]?.name ?? '');
    const [debit, credit] = [there('debit'), there('credit')];
    for (const side of ['debit', 'credit'] as const) known.add(legs[side]?.name ?? '');
    const told = `${move.id} (${move.kind} ${move.state})`;
    const wanted = {
      debit: move.state === 'succeeded' && move.kind !== 'refund',
      credit: move.state === 'succeeded' && move.kind !== 'purchase',
    };
    if (move.endedAt === null) wrong.push(`${told} has not ended`);
    if (wanted.debit !== (debit !== undefined))
      wrong.push(`${told}: the bank ${debit ? 'took the money' : 'took nothing'}`);
    if (wanted.credit !== (credit !== undefined))
      wrong.push(`${told}: the bank ${credit ? 'gave the money' : 'gave nothing'}`);
    for (const row of [debit, credit])
      if (row !== undefined && row.minor !== move.amount.minor)
        wrong.push(`${told} is over ${move.amount.minor}, at the bank over ${row.minor}`);
    if (debit && (debit.side !== 'debit' || !debit.card.endsWith(move.from?.last4 ?? '-')))
      wrong.push(`${told} was taken from another card`);
    if (credit && (credit.side !== 'credit' || !credit.card.endsWith(move.to?.last4 ?? '-')))
      wrong.push(`${told} was given to another card`);
  }
  for (const name of standing.keys())
    if (!known.has(name)) wrong.push(`the banks have ${name}, which is no leg of ours`);
  return wrong;
}

/** Card by card: what the bank has on it, and what the files of all days say that came to it and went from it. */
export function compareCards(
  people: readonly Somebody[],
  bank: BankSandbox,
  standing: ReadonlyMap<string, Standing>,
): string[] {
  const moved = new Map<string, bigint>();
  for (const { card, minor, side } of standing.values())
    moved.set(card, (moved.get(card) ?? 0n) + (side === 'debit' ? -minor : minor));
  return people.flatMap(({ cards }) =>
    cards.flatMap(({ number, id, startFen }) => {
      const [is, should] = [bank.balanceOf(number), startFen + (moved.get(number) ?? 0n)];
      return is === should ? [] : [`card ${id} has ${is} at its bank, by the files ${should}`];
    }),
  );
}
