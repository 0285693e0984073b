import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { createSend } from '../../net/send.ts';
import { systemRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { temporaryDir } from '../../../test/server.ts';
import { type BankSandbox, startBankSandbox } from '../../sandbox/bank/bank.ts';
import { FAULT_KINDS } from '../../sandbox/bank/bank-faults.ts';
import { type PhoneSandbox, startPhoneSandbox } from '../../sandbox/phone/phone.ts';
import { createHttpSms } from '../../users/http-sms.ts';
import { commandLine } from '../test-line.ts';

/* `hutong sandbox bank …` and `hutong sandbox phone …` against pretend banks and a phone that run. */

const options = { clock: systemClock, random: systemRandom, log: silentLog };
const folder = await temporaryDir('sandbox-bank-cli');
let banks: BankSandbox;
let phone: PhoneSandbox;
let line: ReturnType<typeof commandLine>;
beforeAll(async () => {
  banks = await startBankSandbox({ ...options, port: 0, controlPort: 0, dataDir: null });
  phone = await startPhoneSandbox({ ...options, port: 0 });
  line = commandLine(folder.dir, 'postgres://nobody@127.0.0.1:1/none', systemClock, {
    HUTONG_BANK_PAGES_PORT: new URL(banks.url).port,
    HUTONG_PHONE_PORT: String(phone.port),
  });
});
afterEach(() => banks.clearFaults());
afterAll(async () => {
  await banks.stop();
  await phone.stop();
  await folder.remove();
});

test('the people of the pretend banks are listed, a card a line', async () => {
  const people = banks.people();
  const { out } = await line.hutong('sandbox', 'bank', 'people');
  expect(out).toHaveLength(1 + people.flatMap(({ cards }) => cards).length);
  const [first] = people;
  expect(out[1]).toContain(first?.cards[0]?.number);
  expect(out[1]).toContain(first?.person.name);
  expect(await line.json('sandbox', 'bank', 'people')).toHaveLength(people.length);
});

describe('faults of the pretend banks', () => {
  test('strike what they are told to, as often as they are told to', async () => {
    expect(
      await line.json(
        'sandbox',
        'bank',
        'fault',
        'delay',
        '--operation',
        'transfer_out',
        '--bank',
        'ICBC',
        '--value',
        '500',
        '--times',
        '2',
      ),
    ).toEqual([{ kind: 'delay', operation: 'transfer_out', bank: 'ICBC', card: null, value: '500', times: 2 }]);
    await line.hutong('sandbox', 'bank', 'fault', 'drop_reply');
    const { out } = await line.hutong('sandbox', 'bank', 'faults');
    expect(out.map((row) => row.split(/\s{2,}/))).toEqual([
      ['KIND', 'OPERATION', 'BANK', 'CARD', 'VALUE', 'TIMES LEFT'],
      ['delay', 'transfer_out', 'ICBC', 'any', '500', '2'],
      ['drop_reply', 'any', 'any', 'any', '-', 'until cleared'],
    ]);
    expect((await line.hutong('sandbox', 'bank', 'clear')).out).toEqual(['2 cleared.']);
    expect((await line.hutong('sandbox', 'bank', 'faults')).out).toEqual(['No fault is on.']);
  });

  test('are all told in the help, and no other', async () => {
    const { out } = await line.hutong('sandbox', 'bank', 'fault', '--help');
    const told = out.slice(out.indexOf('Kinds:') + 1, out.indexOf('', out.indexOf('Kinds:')));
    expect(told.map((row) => row.trim().split(/\s/, 1)[0])).toEqual([...FAULT_KINDS]);
  });

  test.each([
    [['drop_replie'], 2, 'there is no kind "drop_replie": did you mean drop_reply?'],
    [['delay', '--operation', 'gift'], 2, 'there is no operation "gift": choose purchase, transfer_out'],
    [['delay', '--bank', 'NOBANK'], 1, 'The pretend bank says: body/bank must be equal to one of the allowed values'],
    [['delay', '--times', '0'], 2, '--times is a whole number from 1'],
    [[], 2, '<kind> is missing'],
  ])('%j is told in one line', async (args, code, words) => {
    const ran = await line.hutong('sandbox', 'bank', 'fault', ...args);
    expect([ran.code, ran.out, ran.notes]).toEqual([code, [], [expect.stringContaining(words)]]);
    expect(banks.faults()).toEqual([]);
  });
});

test('totals say whether the books of the banks balance', async () => {
  expect((await line.hutong('sandbox', 'bank', 'totals')).out).toEqual([
    'No money has moved at the pretend banks yet.',
    "Every bank's books sum to zero and are what its messages say.",
  ]);
  expect(await line.json('sandbox', 'bank', 'totals')).toEqual([{ is_balanced: true, totals: [] }]);
});

test('the settlement day is shown, and closed', async () => {
  const today = banks.settlementDay();
  expect((await line.hutong('sandbox', 'bank', 'day')).out).toEqual([today]);
  const [{ settlement_day: next } = {}] = await line.json('sandbox', 'bank', 'day', '--close');
  expect(String(next) > today).toBe(true);
  expect(banks.settlementDay()).toBe(next);
});

test('what was sent to a phone is shown', async () => {
  const sender = createSend({ connectionsPerOriginMax: 1, connectTimeoutMs: 2000, idleTimeoutMs: 1000 });
  const sms = createHttpSms({ ...options, send: sender.send, url: phone.smsUrl, secret: new Secret(phone.secret) });
  await sms.send({ phone: '13800138000', text: '【互通】验证码 246810', lang: 'zh-CN' });
  await sender.close();
  expect((await line.hutong('sandbox', 'phone', 'messages', '13800138000')).out[1]).toMatch(
    /Z +【互通】验证码 246810$/,
  );
  expect(await line.json('sandbox', 'phone', 'messages', '13800138000')).toMatchObject([{ lang: 'zh-CN' }]);
  expect((await line.hutong('sandbox', 'phone', 'messages', '13800138001')).out).toEqual(['Nothing was sent to it.']);
  expect((await line.hutong('sandbox', 'phone', 'messages', '138')).code).toBe(2);
});

test('groups inside the sandbox are listed and guessed', async () => {
  const { out } = await line.hutong('sandbox', 'bank', '--help');
  expect(out.join('\n')).toMatch(/Usage: hutong sandbox bank <command>[\s\S]+sandbox bank people +List/);
  expect(await line.hutong('sandbox', 'bank')).toEqual({
    code: 2,
    out: [],
    notes: ['hutong sandbox bank: choose people, fault, faults, clear, totals, day'],
  });
  expect((await line.hutong('sandbox', 'bank', 'poeple')).notes).toEqual([
    'hutong sandbox bank poeple: did you mean hutong sandbox bank people?',
  ]);
});

test('pretend banks that do not run are told with the setting of their port', async () => {
  await banks.stop();
  const { code, notes } = await line.hutong('sandbox', 'bank', 'day');
  expect(code).toBe(1);
  expect(notes).toEqual([
    expect.stringMatching(
      /^The pretend bank is not running on 127\.0\.0\.1:\d+: start it with hutong start, or say its port with HUTONG_BANK_PAGES_PORT\.$/,
    ),
  ]);
});
