import type { Command } from './command.ts';
import { dbCommands } from './db.ts';
import { demoCommand, demoWalletCommand } from './demo.ts';
import { keyCommands } from './key.ts';
import { ledgerCommands } from './ledger.ts';
import { merchantCommands } from './merchant.ts';
import { paymentCommands } from './payment.ts';
import { qrCommands } from './qr.ts';
import { sandboxCommands } from './sandbox.ts';
import { startCommand } from './start.ts';
import { statementCommands } from './statement.ts';
import { versionCommand } from './version.ts';
import { walletCheckCommand } from './wallet-check.ts';
import { walletCommands } from './wallet.ts';
import { webhookCommands } from './webhook.ts';

/** Every command, in the order in which help shows them. */
export const commands: readonly Command[] = [
  startCommand,
  demoCommand,
  demoWalletCommand,
  ...sandboxCommands,
  ...merchantCommands,
  ...keyCommands,
  ...walletCommands,
  walletCheckCommand,
  ...qrCommands,
  ...webhookCommands,
  ...paymentCommands,
  ...statementCommands,
  ...ledgerCommands,
  ...dbCommands,
  versionCommand,
];
