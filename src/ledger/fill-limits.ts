import type { Tx } from '../db/connect.ts';
import type { HoldLine } from './holds.ts';
import { digestId, LIMIT_CODES, limitAccount, limitAccountId, limitLedger } from './limit-accounts.ts';
import { AMOUNT_MAX, type CreateAccount, type CreateTransfer, TransferFlags } from './types.ts';

/** A limit's accounts and the transfers that fill them; sent before what is to be held, both may be there already. */
export interface Filling {
  name: string;
  accounts: CreateAccount[];
  transfers: CreateTransfer[];
}

/**
 * Which limits are surely filled up to which figure, so that it is not asked again for every hold. Sure is what another
 * transaction than this one has written: one's own may still be rolled back.
 */
export class FilledLimits {
  readonly #sure = new Set<string>();
  readonly #own = new WeakMap<Tx, Set<string>>();
  readonly #itemsMax: number;

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  isFilled(tx: Tx, name: string): boolean {
    return this.#sure.has(name) || this.#own.get(tx)?.has(name) === true;
  }

  /** `existed`: everything of this filling was there before it was sent. */
  note(tx: Tx, name: string, existed: boolean): void {
    const own = this.#own.get(tx);
    // What this transaction has filled itself looks as if it had been there.
    if (existed && own === undefined) {
      if (this.#sure.size >= this.#itemsMax) this.#sure.clear();
      this.#sure.add(name);
      return;
    }
    this.#own.set(tx, (own ?? new Set<string>()).add(name));
  }
}

/** One for each limit that is not filled yet: of several lines of one limit the one that knows most figures counts. */
export function planFillings(tx: Tx, filled: FilledLimits, book: number, lines: readonly HoldLine[]): Filling[] {
  const newest = new Map<string, HoldLine>();
  for (const line of lines) {
    const limit = `${limitLedger(line)} ${line.limit}`;
    const known = newest.get(limit);
    if (known === undefined || known.figures.length < line.figures.length) newest.set(limit, line);
  }
  const fillings: Filling[] = [];
  for (const [limit, line] of newest) {
    const name = `${book} ${limit} ${line.figures.length}`;
    if (!filled.isFilled(tx, name)) fillings.push(fill(name, book, line));
  }
  return fillings;
}

function fill(name: string, book: number, line: HoldLine): Filling {
  const ledger = limitLedger(line);
  const account = (kind: 'limit_source' | 'limit_room' | 'limit_used' | 'limit_owed') =>
    limitAccount(kind, kind === 'limit_source' || kind === 'limit_used' ? '' : line.limit, ledger, book);
  const [source, room, owed] = [account('limit_source'), account('limit_room'), account('limit_owed')];
  const accounts = [source, room, account('limit_used')];
  const transfers: CreateTransfer[] = [];
  let before = 0n;
  line.figures.forEach((figure, index) => {
    const id = figureId(book, line, index);
    const change = figure - before;
    before = figure;
    // A figure that stays as it was takes its place in the order, too: the transfer of nothing says so.
    if (change >= 0n) transfers.push(plain(id, source.id, room.id, change, ledger, LIMIT_CODES.limit_filled));
    else transfers.push(plain(id, owed.id, source.id, -change, ledger, LIMIT_CODES.limit_lowered));
  });
  // Lowered, it owes; and what was used beyond an earlier figure takes its part of a raised one.
  if (line.figures.length > 1) {
    accounts.push(owed);
    transfers.push(
      collect(digestId('hutong limit collected', book, line.limit, ledger, line.figures.length), book, line),
    );
  }
  return { name, accounts, transfers };
}

/** The transfer that books the change to the figure of this index; figures are only ever added to, so it is one for ever. */
export function figureId(book: number, line: Pick<HoldLine, 'limit' | 'unit' | 'currency'>, index: number): bigint {
  return digestId('hutong limit figure', book, line.limit, limitLedger(line), index);
}

/** True where the limit may owe something that is to be collected before anything new is held. */
export function isLowered({ figures }: Pick<HoldLine, 'figures'>): boolean {
  return figures.some((figure, index) => index > 0 && figure < (figures[index - 1] ?? 0n));
}

/** Takes of what is free what the limit owes: never more than either. */
export function collect(id: bigint, book: number, line: HoldLine): CreateTransfer {
  const ledger = limitLedger(line);
  return {
    ...plain(
      id,
      limitAccountId('limit_room', line.limit, ledger, book),
      limitAccountId('limit_owed', line.limit, ledger, book),
      AMOUNT_MAX,
      ledger,
      LIMIT_CODES.limit_collected,
    ),
    flags: TransferFlags.balancing_debit | TransferFlags.balancing_credit,
  };
}

export function plain(
  id: bigint,
  debitAccountId: bigint,
  creditAccountId: bigint,
  amount: bigint,
  ledger: number,
  code: number,
): CreateTransfer {
  return { id, debitAccountId, creditAccountId, amount, ledger, code, flags: TransferFlags.none };
}
