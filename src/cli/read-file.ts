import { open } from 'node:fs/promises';
import { CliError } from './command.ts';
import { codeOf } from './explain-error.ts';

/** A file that somebody named on the line. @throws CliError when it cannot be read or has more bytes than that */
export async function readFileWithin(path: string, bytesMax: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > bytesMax) throw new CliError(`${path} has more than ${bytesMax} bytes.`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${path} cannot be read${codeOf(error) === 'ENOENT' ? ': there is no such file' : ''}.`);
  }
}
