import PdfDocument from 'pdfkit';
import { drawPoster, type Paper, PAPERS, type Poster } from './poster.ts';

/** PDF counts in points, 72 to the inch of 25.4 mm. */
const POINTS_PER_MM = 72 / 25.4;

/**
 * The poster as one PDF page of the paper's true size, in vectors. `madeAt` stands in the file as its date: the same
 * poster made at the same time is the same file.
 */
export async function posterPdf(poster: Poster, paper: Paper, madeAt: Date): Promise<Buffer> {
  const [width, height] = PAPERS[paper];
  const shapes = await drawPoster(poster, paper);
  const document = new PdfDocument({
    size: [width * POINTS_PER_MM, height * POINTS_PER_MM],
    margin: 0,
    info: { Title: poster.idLine, Producer: 'Hutong', Creator: 'Hutong', CreationDate: madeAt },
  });
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  const finished = new Promise<void>((resolve, reject) => {
    document.on('end', resolve);
    document.on('error', reject);
  });
  document.scale(POINTS_PER_MM);
  for (const { d, fill, x, y, scale, flip } of shapes) {
    document
      .save()
      .translate(x, y)
      .scale(scale, flip ? -scale : scale)
      .path(d)
      .fill(fill)
      .restore();
  }
  document.end();
  await finished;
  return Buffer.concat(parts);
}
