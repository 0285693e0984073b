import { readFile, stat } from 'node:fs/promises';
import { WALLET_SETTING_FILE_BYTES_MAX } from '../../base/limits.ts';
import { readPfx } from '../../wallets/unionpay/pfx.ts';
import { CliError, type Terminal, UsageError } from '../command.ts';
import { codeOf } from '../explain-error.ts';
import type { Input } from '../input.ts';
import { derToPem } from './read-material.ts';
import type { SettingRow, WalletForm } from './setting-row.ts';

export interface Gathered {
  settings: Map<string, unknown>;
  /** What the person should know besides: files that others can read. */
  warnings: string[];
}

/** Settings that stay as they are where nothing else is given; none for a new account. */
export type Kept = ReadonlyMap<string, unknown>;

interface Gathering extends Gathered {
  kept: Kept;
  form: WalletForm;
  terminal: Terminal;
  /** Standard input can be read once. */
  usedInput: boolean;
}

/**
 * Gathers an account's settings from a JSON file, from options, and at a terminal by asking for what is still missing.
 * Nothing that is secret is taken from the command line itself, and nothing of it is told again.
 * @throws UsageError, CliError
 */
export async function gatherSettings(
  form: WalletForm,
  input: Input,
  terminal: Terminal,
  kept: Kept = new Map(),
): Promise<Gathered> {
  const path = input.word('settings.json');
  const given = form.rows.filter((row) => input.text(row.option) !== undefined);
  const isInterview = path === '' && given.length === 0;
  if (isInterview && terminal.questions === null && kept.size > 0)
    throw new UsageError('--keep keeps what is not given: give what is new.');
  if (isInterview && terminal.questions === null)
    throw new UsageError('Give a settings file, or options: hutong wallet add <wallet> --help lists them.');
  const settings = path === '' ? new Map<string, unknown>() : await readSettingsFile(path);
  const gathering: Gathering = { settings, warnings: [], kept, form, terminal, usedInput: false };
  // A p12's password may be a setting of its own, so containers are opened last.
  for (const row of [...given].sort((a, b) => Number(a.form === 'p12') - Number(b.form === 'p12')))
    await takeOption(gathering, row, input.required(row.option));
  for (const [setting, value] of kept) if (!settings.has(setting)) settings.set(setting, value);
  if (terminal.questions !== null && path === '') await askForRest(gathering, isInterview);
  for (const [setting, value] of Object.entries(form.implied(new Set(settings.keys())))) settings.set(setting, value);
  return gathering;
}

async function readSettingsFile(path: string): Promise<Map<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`${path} cannot be read${codeOf(error) === 'ENOENT' ? ': there is no such file' : ''}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own complaint would repeat a piece of the file, which holds keys.
    throw new CliError(`${path} is not JSON: it should hold one object with the wallet's settings.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CliError(`${path} should hold one object with the wallet's settings.`);
  return new Map(Object.entries(value));
}

async function takeOption(gathering: Gathering, row: SettingRow, given: string): Promise<void> {
  if (row.form === 'p12') return await takeApart(gathering, row, given);
  if (gathering.settings.has(row.setting))
    throw new UsageError(`--${row.option} and the settings file both give ${row.setting}`);
  gathering.settings.set(row.setting, await readValue(gathering, row, given));
}

async function readValue(gathering: Gathering, row: SettingRow, given: string): Promise<unknown> {
  if (row.form === 'boolean') {
    if (given !== 'true' && given !== 'false') throw new UsageError(`--${row.option} is true or false`);
    return given === 'true';
  }
  if (row.from === 'line') return given.trim();
  if (given === '-') return await readFromInput(gathering, row);
  const bytes = await readSmallFile(gathering, row, given);
  if (row.form === 'pfx') return bytes.toString('base64');
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (row.form === 'certificate' && !text.includes('-----BEGIN')) return derToPem(bytes) ?? text;
  return text.trim();
}

async function readFromInput(gathering: Gathering, row: SettingRow): Promise<string> {
  if (row.form === 'pfx') throw new UsageError(`--${row.option} needs a file: it is no text`);
  if (gathering.usedInput) throw new UsageError('- stands for standard input, which can be read for one setting only');
  gathering.usedInput = true;
  return (await gathering.terminal.readInput()).trim();
}

/** The path of a secret is not told: somebody may have put the secret itself in its place. */
async function readSmallFile(gathering: Gathering, row: SettingRow, path: string): Promise<Buffer> {
  const name = row.from === 'secret_file' ? `--${row.option}` : `--${row.option} ${path}`;
  try {
    const { size, mode } = await stat(path);
    if (size > WALLET_SETTING_FILE_BYTES_MAX) throw new CliError(`${name}: the file is too large for that.`);
    if (row.from === 'secret_file' && process.platform !== 'win32' && (mode & 0o077) !== 0)
      gathering.warnings.push(`--${row.option}: other users of this machine can open that file (chmod 600 closes it)`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const why = codeOf(error) === 'ENOENT' ? 'there is no such file' : 'the file cannot be read';
    const hint = row.from === 'secret_file' ? '; the secret stands in a file, never on the command line' : '';
    throw new CliError(`${name}: ${why}${hint}.`);
  }
}

/** A p12 becomes the key and the certificate that are in it. */
async function takeApart(gathering: Gathering, row: SettingRow, path: string): Promise<void> {
  const { form, settings } = gathering;
  if (form.p12 === undefined) throw new UsageError(`--${row.option} is not for this wallet`);
  const { key, certificate } = form.p12;
  if (settings.has(key) || settings.has(certificate))
    throw new UsageError(`--${row.option} holds the key and the certificate: give it alone`);
  const bytes = await readSmallFile(gathering, row, path);
  const passwordSetting = form.passwordOf['p12'] ?? '';
  const password = settings.get(passwordSetting) ?? gathering.kept.get(passwordSetting);
  if (typeof password !== 'string') throw new UsageError(`--${row.option} needs its password: give ${passwordSetting}`);
  try {
    const content = readPfx(bytes, password);
    settings.set(key, content.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    settings.set(certificate, content.certificate.toString());
  } catch {
    throw new CliError(`--${row.option} does not open: it is no p12 file, or ${passwordSetting} is not its password.`);
  }
}

/** Asks for every setting in an interview; else only for those that cannot be left out. */
async function askForRest(gathering: Gathering, isInterview: boolean): Promise<void> {
  const { form, kept, settings, terminal } = gathering;
  const { questions } = terminal;
  if (questions === null) return;
  const enter = kept.size > 0 ? 'keeps a setting as it is' : 'leaves a setting out';
  if (isInterview) terminal.note(`${form.name}: Enter ${enter}; files are told by their paths.`);
  for (const row of form.rows) {
    const isKept = isInterview && kept.has(row.setting);
    if (row.ask === 'never' || (settings.has(row.setting) && !isKept) || form.needless(settings).includes(row.setting))
      continue;
    const container = containerOf(form, row.setting);
    if (container !== null && !settings.has(container)) continue;
    const isNeeded = !isKept && (row.ask === 'always' || container !== null);
    if (!isNeeded && !isInterview) continue;
    for (;;) {
      const typed = (await askFor(questions, row)).trim();
      if (typed === '' && isNeeded) continue;
      if (typed === '') break;
      try {
        settings.set(row.setting, isTyped(row) ? typed : await readValue(gathering, row, typed));
        break;
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        terminal.note(error.message);
      }
    }
  }
}

/** The file that this setting is the password of; null when it is none. A p12's password is asked for anyway. */
function containerOf(form: WalletForm, setting: string): string | null {
  const rows = form.rows.filter((row) => row.setting !== '' && form.passwordOf[row.setting] === setting);
  return rows[0]?.setting ?? null;
}

/** A short secret may be typed, unseen; keys come from files. */
function isTyped(row: SettingRow): boolean {
  return row.from === 'line' || (row.from === 'secret_file' && row.form === 'text');
}

function askFor(questions: NonNullable<Terminal['questions']>, row: SettingRow): Promise<string> {
  const question = `${row.setting} (${row.what}): `;
  return row.from === 'secret_file' && row.form === 'text' ? questions.askSecret(question) : questions.ask(question);
}
