import { writeFile } from 'node:fs/promises';
import { openCashier } from '../../cashier/cashier.ts';
import { describePoster } from '../../cashier/describe-poster.ts';
import { qrPng } from '../../qr/picture.ts';
import { posterPdf } from '../../qr/poster-pdf.ts';
import { posterSvg } from '../../qr/poster-svg.ts';
import type { Paper, Poster } from '../../qr/poster.ts';
import { CliError } from '../command.ts';
import { codeOf } from '../explain-error.ts';
import type { Operator } from '../with-operator.ts';

export type PosterFormat = 'pdf' | 'svg' | 'png';

export interface PosterFile {
  path: string;
  format: PosterFormat;
  paper: Paper;
}

const PIXELS_PER_MODULE = 16;

/** Answers what the code on it says. @throws CliError when the file cannot be written */
export async function writePoster(operator: Operator, codeId: string, file: PosterFile): Promise<string> {
  const cashier = openCashier(operator.cashier);
  try {
    const { poster, changedAt } = await describePoster(cashier, codeId);
    await write(file.path, await draw(poster, file, changedAt));
    return poster.text;
  } finally {
    await cashier.stop();
  }
}

async function draw(poster: Poster, { format, paper }: PosterFile, changedAt: Date): Promise<Buffer> {
  switch (format) {
    case 'pdf':
      return await posterPdf(poster, paper, changedAt);
    case 'svg':
      return Buffer.from(await posterSvg(poster, paper));
    case 'png':
      return await qrPng(poster.text, 'quartile', PIXELS_PER_MODULE);
    default:
      return format satisfies never;
  }
}

async function write(path: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw new CliError(`${path} cannot be written${codeOf(error) === 'ENOENT' ? ': there is no such folder' : ''}.`);
  }
}
