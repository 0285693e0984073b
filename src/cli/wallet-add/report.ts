import { Refusal } from '../../base/refusal.ts';
import type { Wallet } from '../../wallets/wallet.ts';
import { CliError, type Terminal } from '../command.ts';
import type { Check } from './check-settings.ts';

/** What stands in the report: a line, and whether it forbids to go on. */
export interface ReportLine {
  text: string;
  isBad: boolean;
}

/**
 * The whole report: every check, then the connector's own verdict. A certificate outside its period stops a live account;
 * on a test account it is only told, since wallets let their test certificates expire.
 */
export function makeReport(
  wallet: Wallet<unknown>,
  settings: ReadonlyMap<string, unknown>,
  checks: readonly Check[],
): ReportLine[] {
  const verdict = judge(wallet, Object.fromEntries(settings));
  const lines = checks.map((check) => toLine(check, verdict.isTest));
  // What a check has told already is not told again in other words.
  const isTold = checks.some((check) => check.mark === 'bad' && check.setting === verdict.setting);
  return isTold ? lines : [...lines, verdict.line];
}

/** @throws CliError when something in the report is wrong */
export function tellReport(terminal: Terminal, isQuiet: boolean, lines: readonly ReportLine[]): void {
  for (const line of lines) if (line.isBad || !isQuiet) terminal.note(line.text);
  const count = lines.filter((line) => line.isBad).length;
  if (count > 0)
    throw new CliError(`Nothing was registered: ${count === 1 ? 'one thing is' : `${count} things are`} wrong.`);
}

interface Verdict {
  line: ReportLine;
  /** The setting that the connector refuses, or null. */
  setting: string | null;
  isTest: boolean;
}

function judge(wallet: Wallet<unknown>, settings: Record<string, unknown>): Verdict {
  try {
    const config = wallet.readConfig(settings);
    const isTest = wallet.environment(config) === 'test';
    const text = `✓ ${isTest ? 'test' : 'live'} account ${wallet.merchantNo(config)} (${wallet.scenes(config).join(', ')})`;
    return { line: { text, isBad: false }, setting: null, isTest };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const setting = error.facts.param?.replace(/^settings\./, '') ?? null;
    return { line: { text: `✗ ${error.message}`, isBad: true }, setting, isTest: false };
  }
}

function toLine({ mark, setting, text }: Check, isTest: boolean): ReportLine {
  const isBad = mark === 'bad' || (mark === 'late' && !isTest);
  const sign = mark === 'good' ? '✓' : isBad ? '✗' : '!';
  return { text: `${sign} ${setting}: ${text}`, isBad };
}
