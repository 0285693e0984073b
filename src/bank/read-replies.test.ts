import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockCipher } from './iso8583/block-cipher.ts';
import { anyMessage } from './iso8583/test-messages.ts';
import {
  readEnquireReply,
  readFoundCards,
  readIssuers,
  readLegReply,
  readReverseReply,
  readVerifyReply,
} from './read-replies.ts';

const cipher = new BlockCipher('3des', Buffer.alloc(16, 7));
const codes = fc.constantFrom('00', '05', '11', '25', '51', '94', '96', 'A0', 'A6', 'Z9');
const privateFields = {
  48: fc.constantFrom('WB', 'WB00', 'WB01', 'WC00', `WC01${'A'.repeat(32)}`, 'NK', ''),
  54: fc.constantFrom('', '0001156C0000001234560002156C000000120000', '3001156D0000001234560002156C00000012000'),
  57: fc.constantFrom('', 'AC1', 'AC9', 'CB', `CB${'0'.repeat(40)}`),
  61: fc.constantFrom('', '01', `01${' '.repeat(29)}CUPAM1111000000000000`, `01${' '.repeat(29)}CUPAM1211000000000000`),
};

/** Whatever a switch answers under a right MAC, it is read, and approved only by a code that says so. */
test('no reply is too odd to be read', () => {
  fc.assert(
    fc.property(anyMessage, codes, fc.record(privateFields), (message, code, fields) => {
      message.set(39, code);
      for (const [field, value] of Object.entries(fields)) if (value !== '') message.set(Number(field), value);
      const leg = readLegReply(message, '2026-11-23');
      expect(leg.kind === 'approved').toBe(['00', '11', 'A6'].includes(code));
      expect(readLegReply(message, null).kind).not.toBe('approved');
      expect(readReverseReply(message, null).kind).not.toBe('reversed');
      for (const read of [
        readReverseReply(message, '2026-11-23'),
        readEnquireReply(message),
        readVerifyReply(message),
        readFoundCards(message, '01020000', [cipher]),
      ])
        if (code === '96' || code === 'Z9') expect(read.kind).toBe('unknown');
      if (code !== '00' && code !== '11') expect(readIssuers(message)).toBeNull();
    }),
    { numRuns: 2000 },
  );
});
