/** Contrast that white words need on a ground (WCAG 2.2, 1.4.3), with a little to spare. */
const CONTRAST_MIN = 4.7;

/** A bank's colour, darkened as far as white words on it need. `#rrggbb` in and out; anything else becomes a slate grey. */
export function underWhite(colour: string): string {
  if (!/^#[0-9a-f]{6}$/i.test(colour)) return '#3d4a5f';
  let rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  while (contrastWithWhite(rgb) < CONTRAST_MIN) rgb = rgb.map((part) => Math.floor(part * 0.95));
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** WCAG 2.2, relative luminance. */
export function contrastWithWhite(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}
