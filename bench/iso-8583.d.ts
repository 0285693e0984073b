/** The part of npm `iso_8583` that is measured beside our codec; it brings no types. */
declare module 'iso_8583' {
  type Fields = Record<number, string>;
  type Format = { ContentType: string; Label: string; LenType: 'fixed' | 'llvar' | 'lllvar'; MaxLen: number };
  export default class Iso8583 {
    constructor(fields: Fields, formats?: Record<number, Format>);
    /** The message without a length before it, or what is wrong with it. */
    getRawMessage(): Buffer | { error: unknown };
    getIsoJSON(message: Buffer, config: { lenHeader: boolean }): Fields & { error?: unknown };
  }
}
