import { chartAccountId, transferCode } from '../ledger/chart.ts';
import { AMOUNT_MAX } from '../ledger/types.ts';
import { addDays } from '../base/shanghai.ts';
import { endOfSettlementDay } from '../transfers/settlement-day.ts';
import type { LegRecord } from '../transfers/transfers.ts';
import type { ClearingDay, ClearingSum, Finding, KeptRow } from './clearing.ts';
import type { ClearingDeps } from './clearing-deps.ts';
import { legEffect, rowEffect } from './row-facts.ts';

/** A day of the switch as the ledger's transfers carry it: 20261123. */
export function toDayNumber(day: string): number {
  return Number(day.replaceAll('-', ''));
}

/** Adds a day up for each issuer three ways: file, legs, ledger. */
export class DayTotals {
  readonly #day: ClearingDay;
  readonly #sums = new Map<string, ClearingSum>();

  constructor(day: ClearingDay) {
    this.#day = day;
  }

  addRow(row: KeptRow): void {
    const sum = this.#of(row.issuer);
    sum.rowsCount += 1;
    sum.fileMinor += rowEffect(row);
  }

  addLeg(leg: LegRecord): void {
    const sum = this.#of(leg.issuer);
    sum.legsCount += 1;
    sum.legsMinor += legEffect(leg);
  }

  /** By how much a break makes the file differ from the legs. */
  addEffect(issuer: string, minor: bigint): void {
    this.#of(issuer).effectsMinor += minor;
  }

  /** Asks the ledger for its side, and finds what the breaks do not explain. */
  async compare(deps: ClearingDeps, findings: Finding[]): Promise<ClearingSum[]> {
    await this.#addLedger(deps);
    const sums = [...this.#sums.values()].filter((sum) => !isEmpty(sum)).sort((a, b) => (a.issuer < b.issuer ? -1 : 1));
    for (const sum of sums) {
      if (sum.fileMinor - sum.legsMinor !== sum.effectsMinor) findings.push(toFinding(sum, 'file_and_legs'));
      const isToldByLeg = findings.some((one) => one.kind === 'ledger_differs' && one.issuer === sum.issuer);
      if (sum.legsMinor !== sum.ledgerMinor && !isToldByLeg) findings.push(toFinding(sum, 'legs_and_ledger'));
    }
    return sums;
  }

  async #addLedger(deps: ClearingDeps): Promise<void> {
    const { book, day } = this.#day;
    for (const { institution } of deps.desk.banks()) this.#of(institution);
    const issuers = [...this.#sums.keys()];
    const accountOf = new Map(issuers.map((issuer) => [chartAccountId('bank_clearing', issuer, 'CNY', book), issuer]));
    const totals = await deps.ledger.sumTransfers({
      accountIds: [...accountOf.keys()],
      userData32: toDayNumber(day),
      // Nothing of a day is booked before it began.
      timestampMin: BigInt(endOfSettlementDay(addDays(day, -2)).getTime()) * 1_000_000n,
      timestampMax: AMOUNT_MAX,
    });
    for (const { accountId, code, debits, credits } of totals) {
      const sum = this.#of(accountOf.get(accountId) ?? '');
      sum.ledgerMinor += debits - credits;
      // A reversal is no leg of its own: only the books know its day.
      if (code === transferCode('card_debit_reversed')) sum.legsMinor += debits - credits;
    }
  }

  #of(issuer: string): ClearingSum {
    const known = this.#sums.get(issuer);
    if (known !== undefined) return known;
    const empty = {
      issuer,
      rowsCount: 0,
      legsCount: 0,
      fileMinor: 0n,
      legsMinor: 0n,
      ledgerMinor: 0n,
      effectsMinor: 0n,
    };
    this.#sums.set(issuer, empty);
    return empty;
  }
}

function isEmpty(sum: ClearingSum): boolean {
  return sum.rowsCount === 0 && sum.legsCount === 0 && sum.ledgerMinor === 0n;
}

function toFinding(sum: ClearingSum, cause: 'file_and_legs' | 'legs_and_ledger'): Finding {
  const show = (minor: bigint): { amount_minor: string } => ({ amount_minor: minor.toString() });
  return {
    kind: 'sums_differ',
    cause,
    subject: `${sum.issuer} ${cause}`,
    issuer: sum.issuer,
    moveId: null,
    side: null,
    ours: show(sum.legsMinor),
    theirs: show(cause === 'file_and_legs' ? sum.fileMinor : sum.ledgerMinor),
  };
}
