/*
 * Searches very much for very many things at once: every place whose four bytes begin one of them is compared with it. A hundred
 * megabytes take about a second.
 */

export interface Needle {
  /** For people: `number 17, packed`. */
  name: string;
  bytes: Buffer;
}

export interface Finder {
  /** The names of what stands in there. */
  findIn(hay: Buffer): Set<string>;
}

export function createFinder(needles: readonly Needle[]): Finder {
  const byStart = new Map<number, Needle[]>();
  const starts = new Uint8Array(1 << 22);
  for (const needle of needles) {
    if (needle.bytes.length < 6) throw new Error(`${needle.name} is too short to be told from chance`);
    const start = needle.bytes.readUInt32BE(0);
    const same = byStart.get(start);
    if (same === undefined) byStart.set(start, [needle]);
    else same.push(needle);
    starts[slotOf(start)] = 1;
  }
  return {
    findIn(hay) {
      const found = new Set<string>();
      let last4 = 0;
      for (let at = 0; at < hay.length; at++) {
        last4 = ((last4 << 8) | (hay[at] ?? 0)) >>> 0;
        if (at < 3 || starts[slotOf(last4)] === 0) continue;
        for (const { name, bytes } of byStart.get(last4) ?? [])
          if (hay.subarray(at - 3, at - 3 + bytes.length).equals(bytes)) found.add(name);
      }
      return found;
    },
  };
}

function slotOf(start: number): number {
  return Math.imul(start, 2654435761) >>> 10;
}

/** Every form in which digits could have been written down: as text, grouped, turned round, packed, encoded, counted, hashed without a key. */
export function formsOfDigits(name: string, digits: string): Needle[] {
  const text = Buffer.from(digits);
  const packed = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  const filled = Buffer.from(digits.length % 2 === 0 ? digits : `${digits}f`, 'hex');
  const swapped = Buffer.from(filled.map((byte) => ((byte & 15) << 4) | (byte >> 4)));
  const forms: [string, Buffer | string][] = [
    ['plain', digits],
    ['with blanks', digits.replace(/(\d{4})(?=\d)/g, '$1 ')],
    ['with hyphens', digits.replace(/(\d{4})(?=\d)/g, '$1-')],
    ['turned round', Buffer.from(text.toReversed())],
    ['in hexadecimal', text.toString('hex')],
    ['in base64', base64Core(text, 0)],
    ['in base64, one byte on', base64Core(text, 1)],
    ['in base64, two bytes on', base64Core(text, 2)],
    ['packed', packed],
    ['packed and filled', filled],
    ['packed, digits swapped', swapped],
    ['packed, turned round', Buffer.from(packed.toReversed())],
    ['packed in base64', packed.toString('base64').replace(/=+$/, '').slice(0, -1)],
    ['packed, swapped, in hexadecimal', swapped.toString('hex')],
    ['in UTF-16', Buffer.from(digits, 'utf16le')],
  ];
  if (/^\d{10,18}$/.test(digits)) {
    const counted = Buffer.alloc(8);
    counted.writeBigUInt64BE(BigInt(digits));
    forms.push(['as a number', counted], ['as a number, little end first', Buffer.from(counted.toReversed())]);
  }
  return forms.map(([form, bytes]) => ({
    name: `${name} ${form}`,
    bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
  }));
}

/** Without the letters at both ends that depend on what stands beside it. */
function base64Core(text: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), text])
    .toString('base64')
    .replace(/=+$/, '');
  return whole.slice(before === 0 ? 0 : before + 1, -1);
}
