import { settlementDayOf } from '../transfers/settlement-day.ts';
import type { LegRecord } from '../transfers/transfers.ts';
import type { ClearingFacts, KeptRow } from './clearing.ts';

/** MMDDhhmmss in Asia/Shanghai, as the file has it (F7). */
export function toStampTime(at: Date): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(5, 19).replaceAll(/[-T:]/g, '');
}

/** A message is named by its second and its number. */
export function stampName(one: { transmittedAt: string; stan: string }): string {
  return `${one.transmittedAt} ${one.stan}`;
}

export function legStampName(leg: LegRecord): string {
  return stampName({ transmittedAt: toStampTime(leg.transmittedAt), stan: leg.stan });
}

export function legName(leg: { moveId: string; side: string }): string {
  return `${leg.moveId} ${leg.side}`;
}

export function isReversal(row: KeptRow): boolean {
  return row.messageType === '0420';
}

/** Which way money went, by processing code (F3): 00 purchase and 46 transfer-out take, 47 transfer-in and 20 refund give. */
export function sideOfRow(row: KeptRow): 'debit' | 'credit' | null {
  const code = row.processing.slice(0, 2);
  if (code === '00' || code === '46') return 'debit';
  return code === '47' || code === '20' ? 'credit' : null;
}

/** Taken counts up, given and given back count down. */
export function rowEffect(row: KeptRow): bigint {
  const side = sideOfRow(row);
  if (side === null) return 0n;
  return (side === 'debit') === !isReversal(row) ? row.amountMinor : -row.amountMinor;
}

export function legEffect(leg: LegRecord): bigint {
  return leg.side === 'debit' ? leg.amount.minor : -leg.amount.minor;
}

/** Nobody knows yet whether it happened. */
export function isOpen(leg: LegRecord): boolean {
  return leg.state === 'sent' || leg.state === 'unknown' || (leg.state === 'reversing' && leg.settlementDay === null);
}

/** We say that it happened; what is being given back has not come back yet. */
export function isDone(leg: LegRecord): boolean {
  return leg.settlementDay !== null && (leg.state === 'approved' || leg.state === 'reversing');
}

export function factsOfLeg(leg: LegRecord): ClearingFacts {
  return {
    state: leg.state,
    amount_minor: leg.amount.minor.toString(),
    last4: leg.last4,
    issuer: leg.issuer,
    sent_at: leg.transmittedAt.toISOString(),
    stan: leg.stan,
    rrn: leg.rrn,
    settlement_day: leg.settlementDay ?? '',
  };
}

export function factsOfRow(row: KeptRow): ClearingFacts {
  return {
    row_no: row.rowNo.toString(),
    amount_minor: row.amountMinor.toString(),
    last4: row.last4,
    issuer: row.issuer,
    transmitted_at: row.transmittedAt,
    stan: row.stan,
    rrn: row.rrn,
    message_type: row.messageType,
    processing: row.processing,
  };
}

/** What row and leg say differently; null when they are the same movement. Never mended by itself. */
export function differenceOf(row: KeptRow, leg: LegRecord): 'amount' | 'card' | 'direction' | null {
  if (row.amountMinor !== leg.amount.minor) return 'amount';
  if (row.last4 !== leg.last4 || row.issuer !== leg.issuer) return 'card';
  return sideOfRow(row) === leg.side ? null : 'direction';
}

/** The day of the switch in which a message was first sent. */
export function dayOfSending(leg: LegRecord): string {
  return settlementDayOf(leg.transmittedAt);
}
