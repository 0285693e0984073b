import { parseArgs } from 'node:util';
import { type Command, UsageError, type Variant } from './command.ts';

/** The command with the options that its first word adds; as it is where that word adds none. */
export function withVariant(command: Command, args: readonly string[]): Command {
  const variant = variantOf(command, args);
  return variant === null ? command : { ...command, options: { ...variant.options, ...command.options } };
}

/** How the command's help page reads once its first word is there. */
export function asVariant(command: Command, args: readonly string[]): Command {
  const variant = variantOf(command, args);
  if (variant === null) return command;
  const { variants: _, ...rest } = command;
  return {
    ...rest,
    name: `${command.name} ${args[0] ?? ''}`,
    summary: variant.summary,
    words: (command.words ?? []).slice(1),
    options: { ...variant.options, ...command.options },
    notes: [...variant.notes, ...(command.notes ?? [])],
    examples: variant.examples,
  };
}

/** The first word stands right behind the command's name. */
function variantOf(command: Command, [word = '']: readonly string[]): Variant | null {
  return Object.hasOwn(command.variants ?? {}, word) ? (command.variants?.[word] ?? null) : null;
}

/** What somebody wrote after a command's name, checked against its row. */
export interface Input {
  word(name: string): string;
  /** That word and all after it: of a word that may stand there many times. */
  words(name: string): readonly string[];
  /** An option's value; undefined when it was not given. */
  text(name: string): string | undefined;
  required(name: string): string;
  flag(name: string): boolean;
  /** A whole number from min to max. @throws UsageError */
  count(name: string, range: { min: number; max: number }): number | undefined;
  json: boolean;
  help: boolean;
}

/** @throws UsageError with one line that says what is wrong. */
export function readInput(command: Command, args: readonly string[]): Input {
  const { values, positionals } = parse(command, args);
  const help = values['help'] === true;
  if (!help) checkComplete(command, values, positionals);
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const at = (name: string): number => (command.words ?? []).findIndex((word) => word.name === name);
  return {
    word: (name) => positionals[at(name)] ?? '',
    words: (name) => positionals.slice(at(name)),
    text,
    required: (name) => text(name) ?? '',
    flag: (name) => values[name] === true,
    count: (name, range) => readCount(name, text(name), range),
    json: values['json'] === true,
    help,
  };
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(command: Command, args: readonly string[]): { values: Values; positionals: string[] } {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    ...(command.json ? { json: { type: 'boolean' } } : {}),
  };
  for (const [name, option] of Object.entries({ ...command.borrowed, ...command.options })) {
    options[name] = { type: option.value === null ? 'boolean' : 'string' };
  }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`hutong ${command.name}: ${readComplaint(error)}`);
  }
}

function checkComplete(command: Command, values: Values, positionals: readonly string[]): void {
  const words = command.words ?? [];
  const missing = words[positionals.length];
  if (missing !== undefined && missing.optional !== true)
    throw new UsageError(`hutong ${command.name}: <${missing.name}> is missing`);
  const extra = words.at(-1)?.many === true ? undefined : positionals[words.length];
  if (extra !== undefined) throw new UsageError(`hutong ${command.name}: what is ${JSON.stringify(extra)}?`);
  for (const [name, option] of Object.entries({ ...command.borrowed, ...command.options })) {
    if (option.required && values[name] === undefined)
      throw new UsageError(`hutong ${command.name}: --${name} is missing`);
    if (option.value !== null && values[name] === '')
      throw new UsageError(`hutong ${command.name}: --${name} is empty`);
  }
}

function readCount(
  name: string,
  text: string | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count < min || count > max)
    throw new UsageError(`--${name} is a whole number from ${min} to ${max}`);
  return count;
}

/** Node's own complaint goes on with advice after the first sentence. */
function readComplaint(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split(/\.\s|\n/, 1)[0] ?? message).replace(/\.$/, '');
}
