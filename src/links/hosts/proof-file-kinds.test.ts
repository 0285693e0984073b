import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LINK_HOST_FILE_BYTES_MAX } from '../../base/link-limits.ts';
import { PROOF_FILE_KINDS, proofFileKindOf, readProofFile } from './proof-file-kinds.ts';

const HEX = '519d925a1234a40a41234e76bab48268';

describe('a proof file', () => {
  test.each([
    ['wechat_js', 'MP_verify_H2Jt0ih2ZyTRl0pO.txt', 'H2Jt0ih2ZyTRl0pO'],
    ['wecom', 'WW_verify_j4MyzAjMcHIQbgYm.txt', 'j4MyzAjMcHIQbgYm'],
    ['wechat_business', '6ynZPDvfTF.txt', HEX],
    ['alipay_h5', `${HEX}.html`, HEX],
    ['alipay_h5', `${HEX}.html`, `${HEX}.html`],
    ['google_site', 'google29ddf99875d14bf5.html', 'google-site-verification: google29ddf99875d14bf5.html'],
  ])('of %s is known by its name: %s', (kind, name, content) => {
    expect(proofFileKindOf(name)?.kind).toBe(kind);
    expect(readProofFile({ name, content })).toEqual({ name, content });
  });

  test.each(['H2Jt0ih2ZyTRl0pO\n', '\uFEFFH2Jt0ih2ZyTRl0pO', ' H2Jt0ih2ZyTRl0pO\r\n'])(
    'is kept without what an editor put around it: %j',
    (content) => {
      const name = 'MP_verify_H2Jt0ih2ZyTRl0pO.txt';
      expect(readProofFile({ name, content })).toEqual({ name, content: 'H2Jt0ih2ZyTRl0pO' });
    },
  );

  test.each([
    ['MP_verify_H2Jt0ih2ZyTRl0pO.txt', 'AAAAAAAAAAAAAAAA', 'content'],
    ['MP_verify_H2Jt0ih2ZyTRl0pO.txt', 'H2Jt0ih2ZyTRl0pO\nH2Jt0ih2ZyTRl0pO', 'content'],
    ['MP_verify_H2Jt0ih2ZyTRl0p.txt', 'H2Jt0ih2ZyTRl0p', 'name'],
    ['mp_verify_H2Jt0ih2ZyTRl0pO.txt', 'H2Jt0ih2ZyTRl0pO', 'name'],
    ['6ynZPDvfTF.txt', '<script>alert(1)</script>', 'content'],
    [`${HEX}.html`, '<h1>shop</h1>', 'content'],
    [`${HEX}.html`, HEX.replace('5', '6'), 'content'],
    ['google29ddf99875d14bf5.html', 'google-site-verification: google00000000000000.html', 'content'],
    ['google29ddf99875d14bf5.html', '<script src=//evil.example></script>', 'content'],
    ['index.html', 'x', 'name'],
    ['robots.txt', 'User-agent: *', 'name'],
    ['../MP_verify_H2Jt0ih2ZyTRl0pO.txt', 'H2Jt0ih2ZyTRl0pO', 'name'],
    ['.well-known/assetlinks.json', '[]', 'name'],
    ['', '', 'name'],
  ])('%s with %j is none', (name, content, field) => {
    expect(readProofFile({ name, content })).toMatchObject({ field });
  });

  test('of whatever kind, however made up, holds nothing that a browser runs, and fits', () => {
    const names = fc.oneof(...PROOF_FILE_KINDS.map(({ name }) => fc.stringMatching(name)), fc.string());
    fc.assert(
      fc.property(names, fc.oneof(fc.string({ maxLength: 200 }), names), (name, content) => {
        const read = readProofFile({ name, content });
        if ('reason' in read) return;
        expect(read.name).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(txt|html)$/);
        expect(read.content).toMatch(/^[A-Za-z0-9_.: -]+$/);
        expect(Buffer.byteLength(read.content)).toBeLessThanOrEqual(LINK_HOST_FILE_BYTES_MAX);
      }),
      { numRuns: 2000 },
    );
  });
});
