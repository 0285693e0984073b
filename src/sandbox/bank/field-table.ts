/**
 * How one field lies on the wire. `fixed`: so many bytes; `ll` and `lll`: two or three digits say how many follow, at most `bytes`.
 * digits: 0-9 only, padded by zeros in front; ascii: printable ASCII, padded by spaces behind; text: the same with GBK for Chinese;
 * raw: any bytes.
 */
export interface FieldRule {
  length: 'fixed' | 'll' | 'lll';
  bytes: number;
  content: 'digits' | 'ascii' | 'text' | 'raw';
}

const digits = (bytes: number): FieldRule => ({ length: 'fixed', bytes, content: 'digits' });
const ascii = (bytes: number): FieldRule => ({ length: 'fixed', bytes, content: 'ascii' });
const text = (bytes: number): FieldRule => ({ length: 'fixed', bytes, content: 'text' });
const raw = (bytes: number): FieldRule => ({ length: 'fixed', bytes, content: 'raw' });
const llDigits = (bytes: number): FieldRule => ({ length: 'll', bytes, content: 'digits' });
const ll = (bytes: number): FieldRule => ({ length: 'll', bytes, content: 'text' });
const llAscii = (bytes: number): FieldRule => ({ length: 'll', bytes, content: 'ascii' });
const lll = (bytes: number): FieldRule => ({ length: 'lll', bytes, content: 'text' });
const lllRaw = (bytes: number): FieldRule => ({ length: 'lll', bytes, content: 'raw' });

/** Q/CUP 006.2 as public implementations and dumps show it. A bit without a row here is a format error. */
const RULES: readonly (readonly [number, FieldRule])[] = [
  [2, llDigits(19)],
  [3, digits(6)],
  [4, digits(12)],
  [5, digits(12)],
  [6, digits(12)],
  [7, digits(10)],
  [9, digits(8)],
  [10, digits(8)],
  [11, digits(6)],
  [12, digits(6)],
  [13, digits(4)],
  [14, digits(4)],
  [15, digits(4)],
  [16, digits(4)],
  [18, digits(4)],
  [19, digits(3)],
  [22, digits(3)],
  [23, digits(3)],
  [25, digits(2)],
  [26, digits(2)],
  [28, text(9)],
  [32, llDigits(11)],
  [33, llDigits(11)],
  [35, ll(37)],
  [36, lll(104)],
  [37, ascii(12)],
  [38, ascii(6)],
  [39, ascii(2)],
  [41, ascii(8)],
  [42, ascii(15)],
  [43, text(40)],
  [44, ll(25)],
  [45, ll(76)],
  [48, lllRaw(512)],
  [49, digits(3)],
  [50, digits(3)],
  [51, digits(3)],
  [52, raw(8)],
  [53, digits(16)],
  [54, lll(40)],
  [55, lllRaw(255)],
  [56, lllRaw(512)],
  [57, lll(100)],
  [59, lll(600)],
  [60, lll(100)],
  [61, lll(200)],
  [62, lll(200)],
  [63, lllRaw(512)],
  [70, digits(3)],
  [90, digits(42)],
  [91, text(1)],
  [96, raw(8)],
  [100, llDigits(11)],
  [102, llAscii(28)],
  [103, llAscii(28)],
  [104, lllRaw(512)],
  [108, lllRaw(256)],
  [113, lllRaw(512)],
  [116, lllRaw(512)],
  [117, lllRaw(256)],
  [121, lllRaw(100)],
  [122, lllRaw(100)],
  [123, lllRaw(999)],
  [125, lllRaw(256)],
  [126, lllRaw(256)],
  [128, raw(8)],
];

/** The rule of a field by its number. */
export const fieldRules: readonly (FieldRule | undefined)[] = Array.from({ length: 129 }, (_, number) => {
  return RULES.find(([known]) => known === number)?.[1];
});
