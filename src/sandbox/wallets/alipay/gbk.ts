const UNKNOWN = 0x3f; // a question mark

let table: ReadonlyMap<string, number> | null = null;

/** Text in GBK, which Node can read but not write: the table is what its decoder makes of every pair of bytes. */
export function toGbk(text: string): Buffer {
  table ??= readTable();
  const bytes: number[] = [];
  for (const sign of text) {
    const pair = table.get(sign);
    if (sign.charCodeAt(0) < 0x80) bytes.push(sign.charCodeAt(0));
    else if (pair === undefined) bytes.push(UNKNOWN);
    else bytes.push(pair >> 8, pair & 0xff);
  }
  return Buffer.from(bytes);
}

function readTable(): Map<string, number> {
  const decoder = new TextDecoder('gbk');
  const signs = new Map<string, number>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const sign = decoder.decode(Uint8Array.of(lead, trail));
      const isOne = Array.from(sign).length === 1 && sign !== '\ufffd';
      if (trail !== 0x7f && isOne && !signs.has(sign)) signs.set(sign, (lead << 8) | trail);
    }
  }
  return signs;
}
