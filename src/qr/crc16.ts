/**
 * CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, nothing reflected, nothing added at the end. EMVCo puts it at the
 * end of a merchant-presented code. The check value of `123456789` is 0x29B1.
 */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}

/** The CRC of a text's UTF-8 bytes as four upper-case hex digits. */
export function crc16Hex(text: string): string {
  return crc16(Buffer.from(text, 'utf8')).toString(16).toUpperCase().padStart(4, '0');
}
