/**
 * Which bytes a field may hold. `n` digits · `z` digits, `=` and `D` (tracks) · `an` letters, digits, space · `ans` printable ASCII ·
 * `text` printable ASCII and GBK · `raw` every byte · `fee` C or D and eight digits · `mac` eight upper-case hexadecimal letters, but
 * eight raw bytes in 0800 and 0810.
 */
export type Charset = 'n' | 'z' | 'an' | 'ans' | 'text' | 'raw' | 'fee' | 'mac';

export interface FieldRow {
  charset: Charset;
  /** Digits of the length that stands before the value; 0 for a fixed length. */
  prefix: 0 | 2 | 3;
  /** Bytes: exactly so many with a fixed length, else at most. */
  bytes: number;
}

const fixed = (charset: Charset, bytes: number): FieldRow => ({ charset, prefix: 0, bytes });
const ll = (charset: Charset, bytes: number): FieldRow => ({ charset, prefix: 2, bytes });
const lll = (charset: Charset, bytes: number): FieldRow => ({ charset, prefix: 3, bytes });

/**
 * The fields of the UnionPay inter-bank dialect (Q/CUP 006.2 as public gateways write it). A bit without a row is an error. Where sources
 * differ in a greatest length the larger is taken: 102 and 103 were seen with 32 bytes, 121 to 123 with 226.
 */
export const FIELDS: Readonly<Record<number, FieldRow>> = {
  2: ll('n', 19), // card number
  3: fixed('n', 6), // processing code
  4: fixed('n', 12), // amount, minor units
  5: fixed('n', 12), // amount of settlement
  6: fixed('n', 12), // amount for the holder
  7: fixed('n', 10), // transmitted at, MMDDhhmmss
  9: fixed('n', 8), // rate of settlement
  10: fixed('n', 8), // rate for the holder
  11: fixed('n', 6), // system trace audit number
  12: fixed('n', 6), // local time, hhmmss
  13: fixed('n', 4), // local date, MMDD
  14: fixed('n', 4), // expiry, YYMM
  15: fixed('n', 4), // settlement date, MMDD
  16: fixed('n', 4), // date of the rate, MMDD
  18: fixed('n', 4), // merchant category
  19: fixed('n', 3), // country of the acquirer
  22: fixed('n', 3), // entry mode
  23: fixed('n', 3), // card sequence
  25: fixed('n', 2), // condition
  26: fixed('n', 2), // greatest PIN length
  28: fixed('fee', 9), // fee
  32: ll('n', 11), // acquirer
  33: ll('n', 11), // forwarder
  35: ll('z', 37), // track 2
  36: lll('z', 104), // track 3
  37: fixed('an', 12), // retrieval reference
  38: fixed('an', 6), // authorisation
  39: fixed('an', 2), // response
  41: fixed('ans', 8), // terminal
  42: fixed('ans', 15), // acceptor
  43: fixed('text', 40), // acceptor's name and place
  44: ll('ans', 25), // more about the response
  45: ll('ans', 76), // track 1
  48: lll('text', 512), // private
  49: fixed('n', 3), // currency
  50: fixed('n', 3), // currency of settlement
  51: fixed('n', 3), // currency of the holder
  52: fixed('raw', 8), // PIN block
  53: fixed('n', 16), // security control
  54: lll('ans', 40), // balances
  55: lll('raw', 255), // chip
  56: lll('text', 512),
  57: lll('text', 100), // issuer's extra
  59: lll('text', 600), // detail
  60: lll('ans', 100), // self-defined
  61: lll('text', 200), // identity
  62: lll('text', 200), // switching
  63: lll('raw', 512), // finance network
  70: fixed('n', 3), // network code
  90: fixed('n', 42), // original message
  91: fixed('an', 1), // file operation
  96: fixed('raw', 8), // security code
  100: ll('n', 11), // receiver
  102: ll('ans', 32), // account from
  103: ll('ans', 32), // account to
  104: lll('text', 512), // transfer
  108: lll('text', 512),
  113: lll('text', 512),
  116: lll('text', 512),
  117: lll('text', 256),
  121: lll('text', 999),
  122: lll('text', 999),
  123: lll('text', 999),
  125: lll('text', 512),
  126: lll('text', 512),
  128: fixed('mac', 8), // message authentication
};

/** Header and body together, as the length before a frame may announce it. */
export const FRAME_BYTES_MAX = 1938;
