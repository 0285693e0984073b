/** A wallet's words for people and for the log: no control characters, at most `charsMax` long. */
export function plainText(text: string, charsMax: number): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, charsMax);
}
