import { drawPoster, type Paper, PAPERS, type Poster } from './poster.ts';

/** The poster as an SVG of the paper's true size. All text is drawn, so nothing of what a shop typed stands in it. */
export async function posterSvg(poster: Poster, paper: Paper): Promise<string> {
  const [width, height] = PAPERS[paper];
  const paths = (await drawPoster(poster, paper)).map(({ d, fill, x, y, scale, flip }) => {
    const short = (value: number): string => String(Math.round(value * 100_000) / 100_000);
    const turn = `translate(${short(x)} ${short(y)}) scale(${short(scale)} ${short(flip ? -scale : scale)})`;
    return `<path fill="${fill}" transform="${turn}" d="${d}"/>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}">` +
    `${paths.join('')}</svg>`
  );
}
