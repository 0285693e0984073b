/** Colours of a terminal, or nothing where there are none. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

export function createStyle(hasColour: boolean): Style {
  const paint = (open: number, close: number) => (text: string) =>
    hasColour ? `\u001B[${open}m${text}\u001B[${close}m` : text;
  return { strong: paint(1, 22), faint: paint(2, 22), good: paint(32, 39), bad: paint(31, 39), accent: paint(36, 39) };
}
