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

async function runLine(deps: CliDeps, args: readonly string[]): Promise<void> {
  const [first, second] = args;
  if (first === undefined || first === '--help' || first === '-h') return printAll(deps, help(commands));
  if (first === '--version' || first === '-v') return await runLine(deps, ['version', ...args.slice(1)]);
  if (first === 'help') return printAll(deps, helpFor(args.slice(1)));
  const { command, rest } = findCommand(args);
  if (command === null) {
    if (isGroup(first) && (second === '--help' || second === '-h')) return printAll(deps, groupHelp(commands, first));
    throw unknownCommand(args);
  }
  const input = readInput(withVariant(command, rest), rest);
  if (input.help) return printAll(deps, commandHelp(asVariant(command, rest)));
  await command.run(deps, input);
}

function findCommand(args: readonly string[]): { command: Command | null; rest: readonly string[] } {
  for (const wordsCount of [2, 1]) {
    const name = args.slice(0, wordsCount).join(' ');
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, rest: args.slice(wordsCount) };
  }
  return { command: null, rest: [] };
}

function helpFor(words: readonly string[]): string[] {
  const [first] = words;
  if (first === undefined) return help(commands);
  const { command, rest } = findCommand(words);
  if (command !== null) return commandHelp(asVariant(command, rest));
  if (isGroup(first)) return groupHelp(commands, first);
  throw unknownCommand(words);
}

function isGroup(word: string): boolean {
  return commands.some((command) => command.name.startsWith(`${word} `));
}

function unknownCommand(args: readonly string[]): UsageError {
  const [first = '', second] = args;
  if (isGroup(first)) {
    const choices = commands.filter((command) => command.name.startsWith(`${first} `));
    const names = choices.map((command) => command.name.slice(first.length + 1));
    const guess = second === undefined ? null : nearest(second, names);
    const hint = guess === null ? `choose ${names.join(', ')}` : `did you mean hutong ${first} ${guess}?`;
    return new UsageError(second === undefined ? `hutong ${first}: ${hint}` : `hutong ${first} ${second}: ${hint}`);
  }
  const names = commands.map((command) => command.name);
  const typed = second === undefined || second.startsWith('-') ? first : `${first} ${second}`;
  const guess = nearest(typed, names) ?? nearest(first, [...new Set(names.map((name) => name.split(' ')[0] ?? name))]);
  const hint = guess === null ? 'hutong --help lists them all' : `did you mean hutong ${guess}?`;
  return new UsageError(`There is no command ${JSON.stringify(first)}: ${hint}`);
}

function printAll(deps: CliDeps, lines: readonly string[]): void {
  for (const line of lines) deps.terminal.print(line);
}
