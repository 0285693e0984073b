import { assert } from '../../base/assert.ts';

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;

/**
 * The same WebAssembly module, whose one memory may grow to so many pages of 64 kB and no further: what asks for more is told that there is none.
 * WebAssembly Core 1.0, 5.5.2 and 5.5.8: a module is sections, each with an id and a length; the memory's has limits, with a maximum or without.
 */
export function withMemoryBound(wasm: Buffer, pagesMax: number): Buffer {
  for (let at = HEADER_BYTES; at < wasm.length; ) {
    const length = readNumber(wasm, at + 1);
    const end = length.next + length.value;
    if (wasm[at] === MEMORY_SECTION) {
      const [count, flags] = [wasm[length.next], wasm[length.next + 1]];
      assert(count === 1 && (flags === 0 || flags === 1), 'a module of one memory, that is not shared');
      const limits = [1, 1, ...toNumber(readNumber(wasm, length.next + 2).value), ...toNumber(pagesMax)];
      const section = Buffer.from([MEMORY_SECTION, ...toNumber(limits.length), ...limits]);
      return Buffer.concat([wasm.subarray(0, at), section, wasm.subarray(end)]);
    }
    at = end;
  }
  throw new Error('a module without a memory');
}

/** 5.2.2: seven bits a byte, the lowest first, and one that says whether more come. */
function readNumber(bytes: Buffer, from: number): { value: number; next: number } {
  let value = 0;
  for (let at = from; ; at++) {
    const byte = bytes.readUInt8(at);
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return { value, next: at + 1 };
  }
}

function toNumber(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...toNumber(Math.floor(value / 0x80))];
}
