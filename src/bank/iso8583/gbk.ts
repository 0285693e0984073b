/** GBK bytes of every character that has two, as a string of two characters; made at the first use. */
let pairs: Map<string, string> | null = null;

/** A text in GBK, a character per byte; null when a letter of it does not exist there, or is a control character. */
export function toGbk(text: string): string | null {
  let bytes = '';
  for (const letter of text) {
    const code = letter.charCodeAt(0);
    if (code < 0x80) {
      if (code < 0x20 || code === 0x7f) return null;
      bytes += letter;
      continue;
    }
    const pair = (pairs ??= readPairs()).get(letter);
    if (pair === undefined) return null;
    bytes += pair;
  }
  return bytes;
}

/** As many whole letters as `bytesMax` bytes hold, then spaces up to it; what does not exist in GBK becomes a question mark. */
export function toGbkPadded(text: string, bytesMax: number): string {
  let bytes = '';
  for (const letter of text) {
    const next = toGbk(letter) ?? '?';
    if (bytes.length + next.length > bytesMax) break;
    bytes += next;
  }
  return bytes.padEnd(bytesMax);
}

/** Node reads GBK but does not write it, so what it reads is turned around. Characters of the private area are left out. */
function readPairs(): Map<string, string> {
  const decoder = new TextDecoder('gbk');
  const found = new Map<string, string>();
  for (let first = 0x81; first <= 0xfe; first++)
    for (let second = 0x40; second <= 0xfe; second++) {
      if (second === 0x7f) continue;
      const letter = decoder.decode(Uint8Array.of(first, second));
      if (letter.length === 1 && !/[\uE000-\uF8FF\uFFFD]/.test(letter) && !found.has(letter))
        found.set(letter, String.fromCharCode(first, second));
    }
  return found;
}
