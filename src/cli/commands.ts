import type { Command } from './command.ts';
import { auditCommands } from './audit.ts';
import { bankCommands } from './bank.ts';
import { clearingCommands } from './clearing.ts';
import { consoleCommands } from './console.ts';
import { dbCommands } from './db.ts';
import { demoCommand, demoLinkCommand, demoRolloutCommand, demoWalletCommand } from './demo.ts';
import { keyCommands } from './key.ts';
import { ledgerCommands } from './ledger.ts';
import { limitCommands } from './limit.ts';
import { linkAppCommands } from './link-app.ts';
import { linkBulkCommand } from './link-bulk.ts';
import { linkExplainCommand } from './link-explain.ts';
import { linkHostCommands } from './link-host.ts';
import { linkReportCommands } from './link-report.ts';
import { linkStatsCommand } from './link-stats.ts';
import { linkTextCommands } from './link-text.ts';
import { linkCommands } from './link.ts';
import { merchantCommands } from './merchant.ts';
import { moveCommands } from './move.ts';
import { offerCheckCommands } from './offer-check.ts';
import { offerCommands } from './offer.ts';
import { paymentCommands } from './payment.ts';
import { prefixCommands } from './prefix.ts';
import { qrCommands } from './qr.ts';
import { rolloutSimulateCommand } from './rollout-simulate.ts';
import { rolloutCommands } from './rollout.ts';
import { sandboxCommands } from './sandbox.ts';
import { sandboxBankCommands } from './sandbox/sandbox-bank.ts';
import { sandboxPhoneCommands } from './sandbox/sandbox-phone.ts';
import { startCommand } from './start.ts';
import { statementCommands } from './statement.ts';
import { vaultCommands } from './vault.ts';
import { versionCommand } from './version.ts';
import { walletCheckCommand } from './wallet-check.ts';
import { walletShopCommands } from './wallet-shop.ts';
import { walletCommands } from './wallet.ts';
import { webhookCommands } from './webhook.ts';

/** Every command, in the order in which help shows them. */
export const commands: readonly Command[] = [
  startCommand,
  demoCommand,
  demoWalletCommand,
  demoRolloutCommand,
  demoLinkCommand,
  ...sandboxCommands,
  ...sandboxBankCommands,
  ...sandboxPhoneCommands,
  ...merchantCommands,
  ...keyCommands,
  ...walletCommands,
  walletCheckCommand,
  ...qrCommands,
  ...webhookCommands,
  ...paymentCommands,
  ...rolloutCommands,
  rolloutSimulateCommand,
  ...statementCommands,
  ...ledgerCommands,
  ...bankCommands,
  ...prefixCommands,
  ...limitCommands,
  ...offerCheckCommands,
  ...offerCommands,
  ...linkCommands,
  linkBulkCommand,
  ...linkTextCommands,
  linkStatsCommand,
  linkExplainCommand,
  ...linkHostCommands,
  ...linkAppCommands,
  ...linkReportCommands,
  ...consoleCommands,
  ...moveCommands,
  ...clearingCommands,
  ...walletShopCommands,
  ...vaultCommands,
  ...auditCommands,
  ...dbCommands,
  versionCommand,
];
