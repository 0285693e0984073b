/** Two colours for a card's picture by bank: near to what people know of its cards, in our own mixture. `#rrggbb`. */
const COLOURS: Readonly<Record<string, readonly [string, string]>> = {
  ICBC: ['#c8102e', '#8f0b20'],
  ABC: ['#00806d', '#00594c'],
  BOC: ['#a6192e', '#6f0f1e'],
  CCB: ['#0a4da2', '#06306a'],
  COMM: ['#1d3c83', '#122654'],
  CMB: ['#c41230', '#7d0a1d'],
  PSBC: ['#007f4f', '#005535'],
  SPDB: ['#0b3d91', '#072860'],
  CITIC: ['#d7000f', '#8d000a'],
  CEB: ['#6a1b7b', '#46114f'],
  HXBANK: ['#d5001c', '#8a0012'],
  CMBC: ['#00716b', '#004a46'],
  GDB: ['#c4161c', '#7f0e12'],
  SPABANK: ['#ee5a00', '#a13c00'],
  CIB: ['#003f87', '#00295a'],
};

const OTHERS: readonly [string, string] = ['#45546b', '#2c3748'];

export function coloursOf(bank: string): [string, string] {
  const [light, dark] = COLOURS[bank] ?? OTHERS;
  return [light, dark];
}
