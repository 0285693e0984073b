import type { Command } from './command.ts';
import { padEnd, widthOf } from './print.ts';

const GROUPS: readonly (readonly [title: string, firstWords: readonly string[]])[] = [
  ['Run', ['start', 'demo', 'sandbox']],
  ['Merchants', ['merchant', 'key', 'wallet', 'qr', 'webhook']],
  ['Money', ['payment', 'refund', 'statement', 'ledger', 'alerts']],
  ['Offers and rollouts', ['offer', 'rollout', 'console']],
  ['Links', ['link']],
  ['Wallet', ['bank', 'prefix', 'limit', 'vault', 'audit', 'move', 'clearing', 'wallet-shop']],
  ['Machine', ['db', 'version']],
];

/** Every command in one page. */
export function help(commands: readonly Command[]): string[] {
  const lines = ['Hutong 互通: one cashier for every wallet.', '', 'Usage: hutong <command> [options]'];
  for (const [title, firstWords] of GROUPS) {
    lines.push('', `${title}:`, ...rows(commands.filter((command) => firstWords.includes(firstWord(command)))));
  }
  lines.push(
    '',
    'hutong <command> --help tells everything about one of them.',
    'Settings come from the environment: DATABASE_URL, HUTONG_DATA_DIR, HUTONG_PORT, HUTONG_LOG=debug …',
  );
  return lines;
}

/** The commands that begin alike: `sandbox`, `sandbox bank`. */
export function groupHelp(commands: readonly Command[], group: string): string[] {
  const members = commands.filter((command) => `${command.name} `.startsWith(`${group} `));
  return [`Usage: hutong ${group} <command> [options]`, '', ...rows(members)];
}

export function commandHelp(command: Command): string[] {
  const words = command.words ?? [];
  const options: [string, string][] = Object.entries(command.options ?? {}).map(([name, option]) => [
    `--${name}${option.value === null ? '' : ` <${option.value}>`}`,
    option.required ? `${option.what} (required)` : option.what,
  ]);
  if (command.json) options.push(['--json', 'one JSON object a line, for programs']);
  options.push(['-h, --help', 'this page']);
  return [
    command.summary,
    '',
    `Usage: ${usage(command)}`,
    ...(words.length === 0 ? [] : ['', ...table(words.map((word) => [wordOf(word), word.what]))]),
    '',
    'Options:',
    ...table(options),
    ...(command.variants === undefined
      ? []
      : [
          '',
          `More options by the first word (hutong ${command.name} <word> --help):`,
          ...table(Object.entries(command.variants).map(([word, { summary }]) => [word, summary])),
        ]),
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
    '',
    command.examples.length === 1 ? 'Example:' : 'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ];
}

function usage(command: Command): string {
  const required = Object.entries(command.options ?? {}).filter(([, option]) => option.required);
  return [
    `hutong ${command.name}`,
    ...(command.words ?? []).map(wordOf),
    ...required.map(([name, option]) => `--${name} <${option.value}>`),
    '[options]',
  ].join(' ');
}

function rows(commands: readonly Command[]): string[] {
  return table(
    commands.map((command) => [[command.name, ...(command.words ?? []).map(wordOf)].join(' '), command.summary]),
  );
}

function wordOf({ name, optional, many }: { name: string; optional?: true; many?: true }): string {
  const shown = many === true ? `${name}...` : name;
  return optional ? `[${shown}]` : `<${shown}>`;
}

function table(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...pairs.map(([left]) => widthOf(left)));
  return pairs.map(([left, right]) => `  ${padEnd(left, width)}  ${right}`);
}

function firstWord(command: Command): string {
  return command.name.split(' ', 1)[0] ?? command.name;
}
