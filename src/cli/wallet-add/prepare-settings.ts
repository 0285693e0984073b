import { wallets } from '../../wallets/registry.ts';
import type { WalletName } from '../../wallets/wallet.ts';
import type { CliDeps } from '../command.ts';
import type { Input } from '../input.ts';
import { withProgress } from '../progress.ts';
import { withWalletSend } from '../wallet-send.ts';
import { checkSettings } from './check-settings.ts';
import { fetchCertificates, wantsCertificates } from './fetch-certificates.ts';
import { gatherSettings, type Kept } from './gather-settings.ts';
import { makeReport, type ReportedAccount, tellReport } from './report.ts';
import { WALLET_FORMS } from './wallet-forms.ts';

/** What settings are gathered for: a new account (`registered`), or new ones of an account that is there (`changed`). */
export interface SettingsAim {
  wallet: WalletName;
  account: ReportedAccount | null;
  kept: Kept;
}

/**
 * Gathers an account's settings, fetches what the wallet itself gives out, checks everything and tells the report.
 * @throws UsageError, CliError when something is wrong: nothing is to be done with the settings then
 */
export async function prepareSettings(
  deps: CliDeps,
  input: Input,
  { wallet, account, kept }: SettingsAim,
): Promise<Map<string, unknown>> {
  const { terminal } = deps;
  const form = WALLET_FORMS[wallet];
  const { settings, warnings } = await gatherSettings(form, input, terminal, kept);
  const fetched = wallet === 'wechatpay' && wantsCertificates(settings) ? await fetchFor(deps, settings) : null;
  const checks = checkSettings(form, settings, deps.clock.now());
  const report = makeReport(wallets[wallet], settings, fetched === null ? checks : [...checks, fetched], account);
  tellReport(terminal, input.json, report, account === null ? 'registered' : 'changed');
  for (const warning of warnings) terminal.note(`! ${warning}`);
  return settings;
}

async function fetchFor(deps: CliDeps, settings: Map<string, unknown>): ReturnType<typeof fetchCertificates> {
  const { clock, random } = deps;
  const config = deps.readSettings();
  const log = deps.makeLog(config.logLevel);
  const fetching = withWalletSend(config, (send) => fetchCertificates({ send, clock, random, log }, settings));
  return await withProgress(deps.terminal, 'Asking WeChat Pay for its certificates …', fetching);
}
