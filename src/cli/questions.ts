import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { CliError, type Questions } from './command.ts';

/**
 * Asks on a terminal, one line a question. A secret is read without showing what is typed.
 * @throws CliError when the person ends the conversation with Ctrl-C or Ctrl-D
 */
export function createQuestions(input: Readable, output: Writable): Questions {
  return {
    ask: (question) => askOnce(input, output, question, true),
    askSecret: (question) => askOnce(input, output, question, false),
  };
}

async function askOnce(input: Readable, output: Writable, question: string, isShown: boolean): Promise<string> {
  if (!isShown) output.write(question);
  const silent = new Writable({ write: (_text, _encoding, done) => done() });
  const lines = createInterface({ input, output: isShown ? output : silent, terminal: true });
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (): void => reject(new CliError('Nothing was done: the questions were not answered.'));
    lines.once('SIGINT', end);
    lines.once('close', end);
  });
  try {
    return await Promise.race([lines.question(isShown ? question : ''), ended]);
  } finally {
    lines.close();
    ended.catch(() => {}); // closing tells it once more
    if (!isShown) output.write('\n');
  }
}
