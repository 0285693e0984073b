// ISO/IEC 15417, Code 128: each symbol is three bars and three spaces of 11 modules in all, here as their widths in turn; the stop has a bar more.
const SYMBOLS =
  '212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211' +
  '221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113' +
  '132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121' +
  '312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211' +
  '221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141' +
  '114113114311411113411311113141114131311141411131211412211214211232';
const STOP = '2331112';
const START_C = 105;
/** Ten modules of light on either side. */
const QUIET = 10;

/** The bars of an even number of digits in set C (two digits a symbol): where each begins and how wide it is, in modules. */
export function code128c(digits: string): { bars: { x: number; width: number }[]; modules: number } {
  if (!/^(\d\d)+$/.test(digits)) throw new Error('set C holds pairs of digits');
  const values = [START_C, ...(digits.match(/\d\d/g) ?? []).map(Number)];
  const check = values.reduce((sum, value, i) => sum + value * Math.max(1, i), 0) % 103;
  const widths = [...values, check].map((value) => SYMBOLS.slice(value * 6, value * 6 + 6)).join('') + STOP;
  const bars: { x: number; width: number }[] = [];
  let x = QUIET;
  for (let i = 0; i < widths.length; i++) {
    const width = Number(widths[i]);
    if (i % 2 === 0) bars.push({ x, width });
    x += width;
  }
  return { bars, modules: x + QUIET };
}
