import type { Sql, Tx } from '../db/connect.ts';

/** One dated figure: what a rule allows, where, from when until when. */
export interface LimitFigure {
  rule: string;
  /** `ICBC`; empty for every bank. */
  bank: string;
  /** 0 for every class. */
  accountClass: number;
  setBy: 'hutong' | 'bank' | 'law';
  /** Fen. */
  min: bigint;
  /** Fen or a count. */
  max: bigint;
  source: string;
  validFrom: Date;
  /** Exclusive; null while no end is known. */
  validTo: Date | null;
  enteredBy: string;
  enteredAt: Date;
}

/** Those that hold at some time after `since`, and, with `until`, before it. */
export async function listFigures(sql: Sql | Tx, since: Date, until: Date | null): Promise<LimitFigure[]> {
  return await sql<LimitFigure[]>`
    select rule, bank, account_class as "accountClass", set_by as "setBy", min_value as "min", max_value as "max", source,
      valid_from as "validFrom", valid_to as "validTo", entered_by as "enteredBy", entered_at as "enteredAt"
    from limit_figures
    where (valid_to is null or valid_to > ${since})
      and (${until}::timestamptz is null or valid_from <= ${until})
    order by rule, bank, account_class, set_by, valid_from`;
}

/** Keeps everybody else from changing figures until the transaction ends; readers are not held up. */
export async function lockFigures(tx: Tx): Promise<void> {
  await tx`lock table limit_figures in share row exclusive mode`;
}

type Place = Pick<LimitFigure, 'rule' | 'bank' | 'accountClass' | 'setBy'>;

/** All rows of one place, in order of time. */
export async function listFiguresOf(tx: Tx, place: Place): Promise<Pick<LimitFigure, 'validFrom' | 'validTo'>[]> {
  return await tx<Pick<LimitFigure, 'validFrom' | 'validTo'>[]>`
    select valid_from as "validFrom", valid_to as "validTo"
    from limit_figures
    where rule = ${place.rule}
      and bank = ${place.bank}
      and account_class = ${place.accountClass}
      and set_by = ${place.setBy}
    order by valid_from`;
}

/** Ends the row that holds at that instant, if there is one. */
export async function endFigure(tx: Tx, place: Place, at: Date): Promise<void> {
  await tx`
    update limit_figures
    set valid_to = ${at}
    where rule = ${place.rule}
      and bank = ${place.bank}
      and account_class = ${place.accountClass}
      and set_by = ${place.setBy}
      and valid_from < ${at}
      and (valid_to is null or valid_to > ${at})`;
}

export async function insertFigure(tx: Tx, figure: LimitFigure): Promise<void> {
  await tx`
    insert into limit_figures (rule, bank, account_class, set_by, min_value, max_value, source, valid_from, valid_to,
      entered_by, entered_at)
    values (${figure.rule}, ${figure.bank}, ${figure.accountClass}, ${figure.setBy}, ${figure.min}, ${figure.max},
      ${figure.source}, ${figure.validFrom}, ${figure.validTo}, ${figure.enteredBy}, ${figure.enteredAt})`;
}
