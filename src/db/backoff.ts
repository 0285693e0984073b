import { systemRandom } from '../base/random.ts';

const FIRST_MS = 10;
const LAST_MS = 1_000;

/** How long to wait before try number `tryNo + 1`: doubling from 10 ms to a second, between half and all of it by chance. */
export function pauseMs(tryNo: number): number {
  const full = Math.min(FIRST_MS * 2 ** (tryNo - 1), LAST_MS);
  return full * (0.5 + systemRandom.bytes(1).readUInt8() / 510);
}
