const LETTERS = 30;
/** Nothing special about the account, the terminal, its chip; a digit in reserve; through a phone. */
const OWNER_READER_CHIP_RESERVED = '0000';
const CHANNEL_PHONE = '08';

/** Why a message is sent: usually nothing special; `4351`: no reply came in time. */
export type F60Reason = '0000' | '4351';

/** F60: what our messages say about themselves. */
export function f60(reason: F60Reason): string {
  return (reason + OWNER_READER_CHIP_RESERVED + CHANNEL_PHONE).padEnd(LETTERS, '0');
}
