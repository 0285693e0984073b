/** What came, or what was to be sent, is not a message. Names the field and the place, never what stood there. */
export class FormatError extends Error {
  /** Null for what belongs to no field: type, bitmap, trailing bytes. */
  readonly field: number | null;
  /** Bytes from the start of the body; the message type stands at 0. */
  readonly offset: number;
  readonly reason: string;
  constructor(field: number | null, offset: number, reason: string) {
    super(`${field === null ? 'message' : `F${field}`} at byte ${offset}: ${reason}`);
    this.name = 'FormatError';
    this.field = field;
    this.offset = offset;
    this.reason = reason;
  }
}
