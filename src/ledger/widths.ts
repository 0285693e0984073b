import { assert } from '../base/assert.ts';
import type { CreateAccount, CreateTransfer, UserData } from './types.ts';
import { AMOUNT_MAX, ID_MAX } from './types.ts';

/*
 * What would not fit a column is a bug of the caller, not a result: TigerBeetle's types cannot even say it.
 */
const INT_MAX = 2 ** 31 - 1;
const SHORT_MAX = 2 ** 16 - 1;

/** @throws Error when a field does not fit its width */
export function assertAccount(account: CreateAccount): void {
  assertId(account.id);
  assertWhole(account.ledger, INT_MAX, 'ledger');
  assertWhole(account.code, SHORT_MAX, 'code');
  assertWhole(account.flags, SHORT_MAX, 'flags');
  assertUserData(account);
}

/** @throws Error when a field does not fit its width */
export function assertTransfer(transfer: CreateTransfer): void {
  assertId(transfer.id);
  assertId(transfer.debitAccountId);
  assertId(transfer.creditAccountId);
  if (transfer.pendingId !== undefined) assertId(transfer.pendingId);
  assert(transfer.amount >= 0n && transfer.amount <= AMOUNT_MAX, 'an amount is 0 to AMOUNT_MAX');
  if (transfer.timeoutSeconds !== undefined) assertWhole(transfer.timeoutSeconds, INT_MAX, 'timeoutSeconds');
  assertWhole(transfer.ledger, INT_MAX, 'ledger');
  assertWhole(transfer.code, SHORT_MAX, 'code');
  assertWhole(transfer.flags, SHORT_MAX, 'flags');
  assertUserData(transfer);
}

function assertUserData({ userData128, userData64, userData32 }: UserData): void {
  if (userData128 !== undefined) assertId(userData128);
  if (userData64 !== undefined) assert(userData64 >= 0n && userData64 <= AMOUNT_MAX, 'userData64 has 63 bits');
  if (userData32 !== undefined) assertWhole(userData32, INT_MAX, 'userData32');
}

function assertId(id: bigint): void {
  assert(id >= 0n && id <= ID_MAX, 'an id has 128 bits');
}

function assertWhole(value: number, max: number, name: string): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= max)) assert(false, `${name} is a whole number up to ${max}`);
}
