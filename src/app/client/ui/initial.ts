/** The last character of a masked name, `**丰` → `丰`: what people put on a picture of somebody. */
export function initialOf(masked: string): string | null {
  return Array.from(masked.replaceAll('*', '')).at(-1) ?? null;
}
