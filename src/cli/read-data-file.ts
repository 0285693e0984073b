import { parseDocument } from 'yaml';
import { DATA_FILE_BYTES_MAX } from '../base/limits.ts';
import { nestsTooDeep } from '../base/yaml-depth.ts';
import { CliError } from './command.ts';
import { readFileWithin } from './read-file.ts';

/**
 * What a file of YAML or JSON says (JSON is YAML, too). Only plain values: no types of YAML's own, and a name that stands twice is a
 * fault. @throws CliError naming the line
 */
export async function readDataFile(path: string): Promise<unknown> {
  const bytes = await readFileWithin(path, DATA_FILE_BYTES_MAX);
  const text = bytes.toString('utf8');
  if (nestsTooDeep(text)) throw new CliError(`${path} nests deeper than any plan.`);
  const document = parseDocument(text, { schema: 'core', uniqueKeys: true, prettyErrors: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault)
    throw new CliError(`${path} is not readable as YAML or JSON: ${fault.message.split('\n')[0]?.replace(/:$/, '')}`);
  try {
    // A value that is referred to again and again could grow without end.
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return value;
  } catch {
    throw new CliError(`${path} refers to its own values too often.`);
  }
}
