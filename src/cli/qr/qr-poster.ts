import { extname } from 'node:path';
import type { Paper } from '../../qr/poster.ts';
import { CliError, type Command, UsageError } from '../command.ts';
import { toJson } from '../print.ts';
import { withProgress } from '../progress.ts';
import { withOperator } from '../with-operator.ts';
import { codeWord, findCode } from './find-code.ts';
import type { PosterFormat } from './write-poster.ts';

const FORMATS: readonly PosterFormat[] = ['pdf', 'svg', 'png'];
const PAPERS: readonly Paper[] = ['A4', 'A5', 'A6'];
const PAPER_USUAL: Paper = 'A5';

export const qrPosterCommand: Command = {
  name: 'qr poster',
  summary: "Write a shop's code as a poster to print",
  words: [codeWord],
  options: {
    out: { value: 'file', what: 'poster.pdf or poster.svg; code.png is the code alone', required: true },
    paper: { value: PAPERS.join('|'), what: `${PAPER_USUAL} when left out` },
  },
  json: true,
  notes: [
    'The same poster as at its poster_url, with the wallets that the shop takes today. A file of that name is replaced.',
  ],
  examples: ['hutong qr poster qr_… --out poster.pdf --paper A4', 'hutong qr poster qr_… --out code.png'],
  async run(deps, input) {
    const path = input.required('out');
    const format = readFormat(path);
    const paper = readPaper(input.text('paper'), format);
    await withOperator(deps, async (operator) => {
      const { id, enabled } = (await findCode(operator, input.word('code'))).code;
      if (!enabled) throw new CliError(`${id} is switched off: hutong qr enable ${id}`);
      // Fonts and PDF are loaded only by who draws.
      const { writePoster } = await import('./write-poster.ts');
      const writing = writePoster(operator, id, { path, format, paper });
      const text = await withProgress(deps.terminal, 'Drawing …', writing);
      const size = format === 'png' ? null : paper;
      if (input.json) deps.terminal.print(toJson({ id, file: path, format, paper: size, text }));
      else
        deps.terminal.print(
          `${size === null ? 'The code alone' : `A poster of ${size}`} is in ${path}. It says: ${text}`,
        );
    });
  },
};

function readFormat(path: string): PosterFormat {
  const ending = extname(path).slice(1).toLowerCase();
  const format = FORMATS.find((candidate) => candidate === ending);
  if (format === undefined) throw new UsageError(`--out ends in ${FORMATS.map((one) => `.${one}`).join(', ')}`);
  return format;
}

function readPaper(asked: string | undefined, format: PosterFormat): Paper {
  if (asked === undefined) return PAPER_USUAL;
  if (format === 'png') throw new UsageError('--paper is for posters: a png is the code alone');
  const paper = PAPERS.find((candidate) => candidate === asked);
  if (paper === undefined) throw new UsageError(`--paper is one of ${PAPERS.join(', ')}`);
  return paper;
}
