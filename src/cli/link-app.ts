import type { LinkAppSettings } from '../links/link.ts';
import { CliError, type Command, UsageError } from './command.ts';
import { merchantOption } from './link.ts';
import { printApps } from './print-links.ts';
import { readDataFile } from './read-data-file.ts';
import { OPERATOR, withLinks } from './with-links.ts';
import { chooseMerchant } from './with-operator.ts';

/** Apps and mini programs of merchants, which their links open where that is possible. */
export const linkAppCommands: readonly Command[] = [
  {
    name: 'link app put',
    summary: 'Register an app or mini program of a merchant’s, or give one other settings',
    words: [{ name: 'file', what: 'its settings as JSON or YAML, as the API takes them: docs/reference/link.md' }],
    options: {
      merchant: merchantOption,
      name: { value: 'text', what: 'how people know it', required: true },
      app: { value: 'id', what: 'lap_… of the one that is changed; a new one when left out' },
      'secret-stdin': { value: null, what: 'read the secret of a wechat_account from standard input' },
    },
    json: true,
    notes: ['A secret never stands on a command line, which shells keep and other users of the machine see.'],
    examples: [
      'hutong link app put ios.json --name "Our shop"',
      'hutong link app put account.yaml --name "Our service account" --secret-stdin < secret.txt',
    ],
    async run(deps, input) {
      const settings = readSettings(await readDataFile(input.word('file')), input.word('file'));
      const secret = input.flag('secret-stdin') ? (await deps.terminal.readInput()).trim() : null;
      if (secret === '') throw new UsageError('--secret-stdin: standard input is empty');
      await withLinks(deps, async ({ desk, operator }) => {
        const { id: merchantId } = await chooseMerchant(operator, input.text('merchant'));
        const wish = { actor: OPERATOR, merchantId, id: input.text('app') ?? null, name: input.required('name') };
        printApps(deps.terminal, input.json, [await desk.putApp({ ...wish, settings, secret })]);
      });
    },
  },
  {
    name: 'link app list',
    summary: 'List the apps and mini programs of a merchant',
    options: { merchant: merchantOption },
    json: true,
    examples: ['hutong link app list'],
    async run(deps, input) {
      await withLinks(deps, async ({ desk, operator }) => {
        const { id } = await chooseMerchant(operator, input.text('merchant'));
        printApps(deps.terminal, input.json, await desk.listApps(OPERATOR, id));
      });
    },
  },
  {
    name: 'link app drop',
    summary: 'Forget an app: links open what is left',
    words: [{ name: 'app', what: 'its id, lap_…' }],
    json: false,
    examples: ['hutong link app drop lap_…'],
    async run(deps, input) {
      await withLinks(deps, async ({ desk }) => {
        await desk.dropApp(OPERATOR, input.word('app'));
        deps.terminal.note(`${input.word('app')} is dropped.`);
      });
    },
  },
];

type Reader = (settings: Record<string, unknown>) => LinkAppSettings;

/** The shapes only; what each may hold is looked at where apps are kept. */
const READERS: Record<LinkAppSettings['kind'], { fields: readonly string[]; read: Reader }> = {
  ios: {
    fields: ['app_id', 'scheme', 'universal_host', 'store_url'],
    read: (given) => ({
      kind: 'ios',
      appId: textIn(given, 'app_id'),
      scheme: textOrNull(given, 'scheme'),
      universalHost: textOrNull(given, 'universal_host'),
      storeUrl: textOrNull(given, 'store_url'),
    }),
  },
  android: {
    fields: ['package', 'certificates', 'scheme', 'app_link_host', 'store_url'],
    read: (given) => ({
      kind: 'android',
      package: textIn(given, 'package'),
      certificates: textsIn(given, 'certificates'),
      scheme: textOrNull(given, 'scheme'),
      appLinkHost: textOrNull(given, 'app_link_host'),
      storeUrl: textOrNull(given, 'store_url'),
    }),
  },
  wechat_mini: {
    fields: ['app_id', 'original_id', 'page'],
    read: (given) => ({
      kind: 'wechat_mini',
      appId: textIn(given, 'app_id'),
      originalId: textIn(given, 'original_id'),
      page: textIn(given, 'page'),
    }),
  },
  alipay_mini: {
    fields: ['app_id', 'page'],
    read: (given) => ({ kind: 'alipay_mini', appId: textIn(given, 'app_id'), page: textIn(given, 'page') }),
  },
  wechat_account: {
    fields: ['app_id', 'open_app_id'],
    read: (given) => ({
      kind: 'wechat_account',
      appId: textIn(given, 'app_id'),
      openAppId: textOrNull(given, 'open_app_id'),
    }),
  },
};

/** @throws CliError naming the field */
function readSettings(given: unknown, path: string): LinkAppSettings {
  const settings = isObject(given) ? given : {};
  const kind = settings['kind'];
  if (typeof kind !== 'string' || !isKind(kind))
    throw new CliError(`${path}: kind is ${Object.keys(READERS).join(', ')}.`);
  const { fields, read } = READERS[kind];
  const strange = Object.keys(settings).find((name) => name !== 'kind' && !fields.includes(name));
  if (strange !== undefined) throw new CliError(`${path}: ${kind} has no ${strange}; it has ${fields.join(', ')}.`);
  try {
    return read(settings);
  } catch (error) {
    throw error instanceof CliError ? new CliError(`${path}: ${error.message}`) : error;
  }
}

function isKind(text: string): text is LinkAppSettings['kind'] {
  return Object.hasOwn(READERS, text);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textIn(settings: Record<string, unknown>, field: string): string {
  const value = textOrNull(settings, field);
  if (value === null) throw new CliError(`${field} is missing.`);
  return value;
}

/** A number is taken as it is written: an app id of Alipay's is sixteen digits. */
function textOrNull(settings: Record<string, unknown>, field: string): string | null {
  const value = settings[field] ?? null;
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new CliError(`${field} is a text.`);
}

function textsIn(settings: Record<string, unknown>, field: string): string[] {
  const value = settings[field];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw new CliError(`${field} is a list of texts.`);
  return value;
}
