import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { temporaryDir } from '../../test/server.ts';
import { commandLine } from './test-line.ts';

const folder = await temporaryDir('qr');
const { url } = await freshDatabase();
const { hutong, json, typed } = commandLine(folder.dir, url);
afterAll(() => folder.remove());

await json('merchant', 'create', '--name', '胡同茶铺');
const [typedCode] = await json('qr', 'create', '--label', '前台');
const [fixedCode] = await json(
  'qr',
  'create',
  '--label',
  'Coffee',
  '--amount',
  '18',
  '--return-url',
  'https://a.example/b',
);
const id = String(fixedCode?.['id']);
const address = String(fixedCode?.['url']);
const path = (name: string): string => join(folder.dir, name);

test('a code is made, listed and shown with a picture to scan', async () => {
  expect(typedCode).toMatchObject({ label: '前台', amount: null, return_url: null, enabled: true });
  expect(fixedCode).toMatchObject({ amount: { currency: 'CNY', minor: '1800' }, return_url: 'https://a.example/b' });
  expect(await json('qr', 'list')).toEqual([fixedCode, typedCode]);
  expect(await json('qr', 'list', '--limit', '1')).toEqual([fixedCode]);
  expect(await json('qr', 'show', id)).toEqual([fixedCode]);
  const { out } = await hutong('qr', 'list');
  expect([out[1], out[2]]).toEqual([expect.stringMatching(/¥18\.00 {2}yes/), expect.stringContaining('typed, CNY')]);
  const shown = (await hutong('qr', 'show', id)).out.join('\n');
  expect(shown).toContain(address);
  expect(shown).toMatch(/█▀▀▀▀▀█/); // the corner of a QR code
});

test.each<[string[], string]>([
  [['--amount', '0'], '--amount must be more than nothing'],
  [['--amount', '1.234'], '--amount is finer than the currency'],
  [['--amount', '1,50'], '--amount is not an amount such as 3.00'],
  [['--amount', '-1'], "hutong qr create: Option '--amount' argument is ambiguous"],
  [['--amount', '999999999999999'], '--amount is more than a payment may be'],
  [['--amount', '1.5', '--currency', 'JPY'], '--amount is finer than the currency'],
  [['--currency', 'XYZ'], '--currency is one of CNY'],
])('a code with %j is not made', async (args, complaint) => {
  const { code, notes } = await hutong('qr', 'create', '--label', 'x', ...args);
  expect([code, notes]).toEqual([2, [expect.stringContaining(complaint)]]);
});

test('a code is not made with a long label, nor with a way back that no browser should go', async () => {
  expect(await hutong('qr', 'create', '--label', '长'.repeat(81))).toMatchObject({ code: 2 });
  for (const back of ['javascript:alert(1)', 'https://user:secret@a.example/', 'shop'])
    expect((await hutong('qr', 'create', '--label', 'x', '--return-url', back)).notes).toEqual([
      'return_url: an http or https address without user name (invalid_request)',
    ]);
});

test('a code is switched off and on; off, it makes no poster', async () => {
  expect(await json('qr', 'disable', id)).toMatchObject([{ id, enabled: false }]);
  expect((await hutong('qr', 'poster', id, '--out', path('off.pdf'))).notes).toEqual([
    `${id} is switched off: hutong qr enable ${id}`,
  ]);
  expect(await json('qr', 'enable', id)).toMatchObject([{ id, enabled: true }]);
});

test.each(['qr_1', 'qr_01M83FFD6R000RJWZ6HDDAAVR0', 'mer_01M83FFD6R000RJWZ6HDDAAVR0'])(
  'there is no code %s',
  async (none) => {
    const missing = { code: 1, notes: [`There is no code "${none}": hutong qr list shows them all.`] };
    for (const verb of ['show', 'disable', 'enable']) expect(await hutong('qr', verb, none)).toMatchObject(missing);
    expect(await hutong('qr', 'poster', none, '--out', path('none.pdf'))).toMatchObject(missing);
    expect(await hutong('qr', 'emv', none, '--mcc', '5812', '--city', 'Beijing')).toMatchObject(missing);
  },
);

test('a poster is written as PDF, as SVG, and the code alone as PNG', async () => {
  expect(await json('qr', 'poster', id, '--out', path('p.pdf'), '--paper', 'A6')).toEqual([
    { id, file: path('p.pdf'), format: 'pdf', paper: 'A6', text: address },
  ]);
  await json('qr', 'poster', id, '--out', path('p.SVG'));
  await json('qr', 'poster', id, '--out', path('p.png'));
  expect((await readFile(path('p.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
  expect(await readFile(path('p.SVG'), 'utf8')).toMatch(/^<svg [^>]*width="148mm"/);
  expect((await readFile(path('p.png'))).subarray(1, 4).toString()).toBe('PNG');
  expect((await hutong('qr', 'poster', id, '--out', path('p.pdf'))).out).toEqual([
    `A poster of A5 is in ${path('p.pdf')}. It says: ${address}`,
  ]);
});

test.each<[string[], number, string]>([
  [['--out', 'p.jpg'], 2, '--out ends in .pdf, .svg, .png'],
  [['--out', 'p.pdf', '--paper', 'A3'], 2, '--paper is one of A4, A5, A6'],
  [['--out', 'p.png', '--paper', 'A4'], 2, '--paper is for posters: a png is the code alone'],
  [['--out', path('no/p.svg')], 1, `${path('no/p.svg')} cannot be written: there is no such folder.`],
])('no poster by %j', async (args, code, complaint) => {
  expect(await hutong('qr', 'poster', id, ...args)).toEqual({ code, out: [], notes: [complaint] });
});

test('the EMVCo text is written beside the address, and reads back', async () => {
  const args = ['--mcc', '5812', '--city', 'Beijing', '--name', 'Tea', '--unionpay', '4800070248000702800070254994353'];
  const [written] = await json('qr', 'emv', id, ...args);
  expect(written).toEqual({
    id,
    url: address,
    emv: expect.stringMatching(/^000201010211.*540518\.00.*6304[0-9A-F]{4}$/),
  });
  const emv = String(written?.['emv']);
  expect(await json('qr', 'read', emv)).toMatchObject([{ kind: 'emv', fault: null }]);
  const { out } = await hutong('qr', 'read', emv);
  expect(out[0]).toBe('An EMVCo merchant-presented code; every rule is kept.');
  expect(out).toContainEqual(expect.stringMatching(/^ {2}64\.01 +merchant name +胡同茶铺$/));
  expect(out.at(-1)).toMatch(/^ {2}63 +CRC +[0-9A-F]{4} {2}\(right\)$/);
  const shown = await hutong('qr', 'emv', id, ...args);
  expect(shown.out.slice(0, 2)).toEqual([`Address  ${address}`, `EMVCo    ${emv}`]);
  const bare = await hutong('qr', 'emv', id, '--mcc', '5812', '--city', 'Beijing', '--name', 'Tea');
  expect([bare.code, bare.notes]).toEqual([1, [expect.stringContaining('Give --unionpay or --template.')]]);
});

test('our own code is read with what to do next', async () => {
  expect(await hutong('qr', 'read', address)).toEqual({
    code: 0,
    out: ["The address of a shop's code (聚合码) here, for every wallet.", `  id  ${id}`],
    notes: [`More about it: hutong qr show ${id}`],
  });
});

test('a payment code comes by standard input', async () => {
  expect((await typed('134567890123456789\n', 'qr', 'read', '-')).out[0]).toMatch(/微信支付/);
  expect((await typed('x'.repeat(8000), 'qr', 'read', '-')).code).toBe(2);
});

test('what is scanned cannot paint on the terminal', async () => {
  const { out } = await hutong('qr', 'read', '0002015907A\u001b[2J\u202eB');
  const back = await hutong('qr', 'read', `https://h5pay.jd.com/code?c=${encodeURIComponent('\u001b]0;x\u0007')}`);
  for (const line of [...out, ...back.out]) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(out).toContainEqual(expect.stringContaining(String.raw`A\u{1b}[2J\u{202e}B`));
});
