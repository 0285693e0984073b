import { Refusal } from '../../base/refusal.ts';
import type { Wallet } from '../../wallets/wallet.ts';
import { CliError, type Terminal } from '../command.ts';
import type { Check } from './check-settings.ts';

/** What stands in the report: a line, and whether it forbids to go on. */
export interface ReportLine {
  text: string;
  isBad: boolean;
}

/** The account that new settings are for: they must be of the same one. */
export interface ReportedAccount {
  id: string;
  merchantNo: string;
  environment: 'production' | 'test';
}

/**
 * The whole report: every check, then the connector's own verdict, then whether it is the account's own number and kind. A certificate outside its period stops a live account;
 * on a test account it is only told, since wallets let their test certificates expire.
 */
export function makeReport(
  wallet: Wallet<unknown>,
  settings: ReadonlyMap<string, unknown>,
  checks: readonly Check[],
  account: ReportedAccount | null = null,
): ReportLine[] {
  const verdict = judge(wallet, Object.fromEntries(settings), account);
  const lines = checks.map((check) => toLine(check, verdict.isTest));
  // What a check has told already is not told again in other words.
  const isTold = checks.some((check) => check.mark === 'bad' && check.setting === verdict.setting);
  return isTold ? lines : [...lines, ...verdict.lines];
}

/** `aim` is what was not done when something is wrong: `registered`. @throws CliError when something is */
export function tellReport(terminal: Terminal, isQuiet: boolean, lines: readonly ReportLine[], aim: string): void {
  for (const line of lines) if (line.isBad || !isQuiet) terminal.note(line.text);
  const count = lines.filter((line) => line.isBad).length;
  if (count > 0)
    throw new CliError(`Nothing was ${aim}: ${count === 1 ? 'one thing is' : `${count} things are`} wrong.`);
}

interface Verdict {
  lines: ReportLine[];
  /** The setting that the connector refuses, or null. */
  setting: string | null;
  isTest: boolean;
}

function judge(wallet: Wallet<unknown>, settings: Record<string, unknown>, account: ReportedAccount | null): Verdict {
  try {
    const config = wallet.readConfig(settings);
    const [merchantNo, environment] = [wallet.merchantNo(config), wallet.environment(config)];
    const text = `✓ ${kindOf(environment)} account ${merchantNo} (${wallet.scenes(config).join(', ')})`;
    const fits = account === null ? [] : compare(account, { merchantNo, environment });
    return { lines: [{ text, isBad: false }, ...fits], setting: null, isTest: environment === 'test' };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const setting = error.facts.param?.replace(/^settings\./, '') ?? null;
    return { lines: [{ text: `✗ ${error.message}`, isBad: true }], setting, isTest: false };
  }
}

/** New settings of somebody else's account, or of real money for a test, would send payments elsewhere. */
function compare(account: ReportedAccount, given: Omit<ReportedAccount, 'id'>): ReportLine[] {
  const lines: string[] = [];
  if (given.merchantNo !== account.merchantNo)
    lines.push(`these settings are of ${given.merchantNo}, and ${account.id} is ${account.merchantNo}`);
  if (given.environment !== account.environment)
    lines.push(
      `these settings are of a ${kindOf(given.environment)} account, and ${account.id} is a ${kindOf(account.environment)} one`,
    );
  return lines.map((text) => ({ text: `✗ ${text}: another account is added with hutong wallet add`, isBad: true }));
}

function kindOf(environment: ReportedAccount['environment']): 'test' | 'live' {
  return environment === 'test' ? 'test' : 'live';
}

function toLine({ mark, setting, text }: Check, isTest: boolean): ReportLine {
  const isBad = mark === 'bad' || (mark === 'late' && !isTest);
  const sign = mark === 'good' ? '✓' : isBad ? '✗' : '!';
  return { text: `${sign} ${setting}: ${text}`, isBad };
}
