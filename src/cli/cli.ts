import { UsageError, type CliDeps, type Command } from './command.ts';
import { commands } from './commands.ts';
import { explainError } from './explain-error.ts';
import { commandHelp, groupHelp, help } from './help.ts';
import { asVariant, readInput, withVariant } from './input.ts';
import { nearest } from './nearest.ts';

/** Runs one command line and answers the exit code: 0 done, 1 could not be done, 2 the line itself is wrong. */
export async function runCli(deps: CliDeps, args: readonly string[], isDebug: boolean): Promise<number> {
  try {
    await runLine(deps, args);
    return 0;
  } catch (error) {
    deps.terminal.note(explainError(error));
    if (isDebug && error instanceof Error && error.stack !== undefined) deps.terminal.note(error.stack);
    return error instanceof UsageError ? 2 : 1;
  }
}

const HELP_FLAGS = ['--help', '-h'];

async function runLine(deps: CliDeps, args: readonly string[]): Promise<void> {
  const [first] = args;
  if (first === undefined || HELP_FLAGS.includes(first)) return printAll(deps, help(commands));
  if (first === '--version' || first === '-v') return await runLine(deps, ['version', ...args.slice(1)]);
  if (first === 'help') return printAll(deps, helpFor(args.slice(1)));
  const { command, rest } = findCommand(args);
  if (command === null) {
    const group = groupOf(args);
    if (group !== null && HELP_FLAGS.includes(group.rest[0] ?? ''))
      return printAll(deps, groupHelp(commands, group.name));
    throw unknownCommand(args);
  }
  const input = readInput(withVariant(command, rest), rest);
  if (input.help) return printAll(deps, commandHelp(asVariant(command, rest)));
  await command.run(deps, input);
}

function findCommand(args: readonly string[]): { command: Command | null; rest: readonly string[] } {
  for (const wordsCount of [3, 2, 1]) {
    const name = args.slice(0, wordsCount).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, rest: args.slice(wordsCount) };
  }
  return { command: null, rest: [] };
}

function helpFor(words: readonly string[]): string[] {
  if (words.length === 0) return help(commands);
  const { command, rest } = findCommand(words);
  if (command !== null) return commandHelp(asVariant(command, rest));
  const group = groupOf(words);
  if (group !== null && group.rest.length === 0) return groupHelp(commands, group.name);
  throw unknownCommand(words);
}

/** The most words in front that several commands have in common, as `sandbox bank`; null where the first word is of none. */
function groupOf(args: readonly string[]): { name: string; rest: readonly string[] } | null {
  for (const wordsCount of [2, 1]) {
    const name = args.slice(0, wordsCount).join(' ');
    const isGroup = commands.some((command) => command.name.startsWith(`${name} `));
    if (isGroup && args.length >= wordsCount) return { name, rest: args.slice(wordsCount) };
  }
  return null;
}

function unknownCommand(args: readonly string[]): UsageError {
  const [first = '', second] = args;
  const group = groupOf(args);
  if (group !== null) {
    const members = commands.filter((command) => command.name.startsWith(`${group.name} `));
    const names = members.map((command) => command.name.slice(group.name.length + 1));
    const [typed] = group.rest;
    const choices = [...new Set(names.map(firstWord))];
    const guess = typed === undefined ? null : nearest(typed, [...names, ...choices]);
    const hint = guess === null ? `choose ${choices.join(', ')}` : `did you mean hutong ${group.name} ${guess}?`;
    return new UsageError(`hutong ${[group.name, ...group.rest.slice(0, 1)].join(' ')}: ${hint}`);
  }
  const names = commands.map((command) => command.name);
  const typed = second === undefined || second.startsWith('-') ? first : `${first} ${second}`;
  const guess =
    nearest(args.slice(0, 3).join(' '), names) ??
    nearest(typed, names) ??
    nearest(first, [...new Set(names.map(firstWord))]);
  const hint = guess === null ? 'hutong --help lists them all' : `did you mean hutong ${guess}?`;
  return new UsageError(`There is no command ${JSON.stringify(first)}: ${hint}`);
}

function firstWord(name: string): string {
  return name.split(' ', 1)[0] ?? name;
}

function printAll(deps: CliDeps, lines: readonly string[]): void {
  for (const line of lines) deps.terminal.print(line);
}
