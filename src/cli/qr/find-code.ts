import { type HeldQrCode, readQrCode } from '../../cashier/operator-reads.ts';
import { CliError } from '../command.ts';
import type { Operator } from '../with-operator.ts';

export const codeWord = { name: 'code', what: 'qr_…; hutong qr list shows them' };

/** Of any merchant, switched off or not. @throws CliError where there is none */
export async function findCode(operator: Operator, id: string): Promise<HeldQrCode> {
  const found = await readQrCode(operator.cashier, id);
  if (found === null) throw new CliError(`There is no code ${JSON.stringify(id)}: hutong qr list shows them all.`);
  return found;
}
