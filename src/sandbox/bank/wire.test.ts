import { afterEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../base/clock.ts';
import { type BankSandbox, type BankSandboxOptions, FIRST_MEMBER } from './bank.ts';
import { ownHeader, readHeader, writeFrame } from './frame.ts';
import { type Message, withMac, writeMessage } from './message.ts';
import { cryptBlocks } from './seal.ts';
import { NOON, startTestBanks, TestMember, turn } from './test-member.ts';

const open: { sandbox: BankSandbox; members: TestMember[] }[] = [];

afterEach(async () => {
  for (const { sandbox, members } of open.splice(0)) {
    expect(sandbox.isBalanced()).toBe(true);
    for (const member of members) member.close();
    await sandbox.stop();
  }
});

async function start(options: Partial<BankSandboxOptions> = {}) {
  const clock = new ManualClock(NOON);
  const sandbox = await startTestBanks({ clock, ...options });
  const member = await new TestMember(sandbox.memberSettings, clock).signOn();
  open.push({ sandbox, members: [member] });
  const cards = [
    { bank: 'ICBC', kind: 'debit' as const, balanceFen: 1_000_000n, pin: '246810' },
    { bank: 'CMB', kind: 'debit' as const },
  ];
  const added = sandbox.addPerson({ name: '张小北', phone: '13900000001', cards });
  const [from = '', to = ''] = added.cards.map(({ number }) => number);
  const another = async (): Promise<TestMember> => {
    const next = new TestMember(sandbox.memberSettings, clock);
    open.at(-1)?.members.push(next);
    return await next.connect();
  };
  return { clock, sandbox, member, from, to, another };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

describe('a link', () => {
  test.each(['3des', 'sm4'] as const)(
    'signs on, gets its keys by %s, and is served until it signs off',
    async (algorithm) => {
      const { member, from, to } = await start({ algorithm });
      expect(await member.code(member.transferOut(from, to, 100n))).toBe('00');
      expect((await member.network('301')).fields.get(39)).toBe('00');
      expect((await member.network('002')).fields.get(39)).toBe('00');
      expect(await member.code(member.balance(from))).toBe('92');
      expect((await member.network('301')).fields.get(39)).toBe('92');
      expect((await member.network('101', '1')).fields.get(39)).toBe('92');
    },
  );

  test('of several is served by the keys that belong to the institution', async () => {
    const { sandbox, member, from, another } = await start();
    const second = await another();
    second.macKey = member.macKey;
    expect(await second.code(second.balance(from))).toBe('92');
    await second.network('001');
    const balance = second.message('0200', '300000', {});
    for (const [number, value] of member.balance(from).fields)
      if (![7, 11].includes(number)) balance.fields.set(number, value);
    balance.fields.set(11, '900001');
    expect(await second.code(balance)).toBe('00');
    expect(sandbox.links()).toEqual([
      { institution: FIRST_MEMBER, isSignedOn: true },
      { institution: FIRST_MEMBER, isSignedOn: true },
    ]);
  });

  test('is told of faults in its headers by a frame that holds the one it sent', async () => {
    const { member } = await start();
    const frame = writeFrame(ownHeader('99999999', '00010000'), Buffer.from('0820whatever'));
    member.socket?.write(frame);
    await until(() => member.frames.some((one) => readHeader(one).reject === '00055'));
    expect(member.frames.at(-1)?.subarray(46)).toEqual(frame.subarray(4));
  });

  test('that sends what is no frame is closed', async () => {
    const { member } = await start();
    member.socket?.write('GET / HTTP/1.1\r\n\r\n');
    await until(() => member.socket?.destroyed === true);
  });

  test('may send line tests', async () => {
    const { member, from } = await start();
    member.socket?.write('00000000');
    expect(await member.code(member.balance(from))).toBe('00');
  });
});

describe('a message', () => {
  test('with a wrong MAC, or none, is told A0 and does nothing', async () => {
    const { sandbox, member, from } = await start();
    for (const mac of ['00000000', 'zzzzzzzz']) {
      expect((await member.send(member.purchase(from, 100n), mac)).fields.get(39)).toBe('A0');
    }
    const bare = member.purchase(from, 100n);
    const answer = member.await(bare);
    member.socket?.write(writeFrame(ownHeader(FIRST_MEMBER, '00010000'), writeMessage(bare)));
    expect((await answer).fields.get(39)).toBe('A0');
    expect(sandbox.balanceOf(from)).toBe(1_000_000n);
  });

  test('that cannot be read is told 30 when it can be told whom', async () => {
    const { member, from } = await start();
    const message = member.purchase(from, 100n);
    const answer = member.await(message);
    const body = withMac(writeMessage(message), 'FFFFFFFF');
    member.socket?.write(writeFrame(ownHeader(FIRST_MEMBER, '00010000'), Buffer.concat([body, Buffer.from('x')])));
    const { type, fields } = await answer;
    expect([type, fields.get(39)]).toEqual(['0210', '30']);
  });

  test.each([37, 41, 42, 102, 103])('with a byte turned in field %i is told 30, and nothing moves', async (number) => {
    const { sandbox, member, from, to } = await start();
    const message = member.transferOut(from, to, 100n);
    const value = message.fields.get(number) ?? '';
    message.fields.set(number, String.fromCharCode(value.charCodeAt(0) | 0x80) + value.slice(1));
    expect(await member.code(message)).toBe('30');
    expect(sandbox.balanceOf(from)).toBe(1_000_000n);
  });

  test.each([12, 18, 37, 42, 49, 60, 102, 104])('without field %i is told 30', async (number) => {
    const { member, from, to } = await start();
    const message = member.transferOut(from, to, 100n);
    message.fields.delete(number);
    expect(await member.code(message)).toBe('30');
  });

  test.each<[string, string, (message: Message) => void]>([
    ['another currency', '30', ({ fields }) => fields.set(49, '840')],
    ['another institution as its sender', '58', ({ fields }) => fields.set(32, '48490001')],
    ['a kind that nobody does', '40', ({ fields }) => fields.set(3, '010000')],
  ])('with %s is told %s', async (_what, code, change) => {
    const { member, from } = await start();
    const message = member.purchase(from, 100n);
    change(message);
    expect(await member.code(message)).toBe(code);
  });

  test('may bring a PIN: the right one passes, three wrong ones lock the card', async () => {
    const { sandbox, member, from } = await start();
    const withPin = (pin: string): Message => {
      const message = member.purchase(from, 100n);
      const clear = Buffer.from(`06${pin}`.padEnd(16, 'F'), 'hex');
      const account = Buffer.from(`0000${from.slice(-13, -1)}`, 'hex');
      const block = Buffer.from(clear.map((byte, at) => byte ^ (account[at] ?? 0)));
      const sealed = cryptBlocks(block, member.pinKey ?? Buffer.alloc(16), '3des', 'encrypt');
      message.fields.set(22, '011').set(52, sealed.toString('latin1'));
      return message;
    };
    const codes: string[] = [];
    for (const pin of ['111111', '246810', '111111', '111111', '111111', '246810']) {
      codes.push(await member.code(withPin(pin)));
    }
    expect(codes).toEqual(['55', '00', '55', '55', '75', '75']);
    expect(sandbox.balanceOf(from)).toBe(999_900n);
  });
});

describe('new keys', () => {
  test('are in use once taken over, and the old one is good for a minute', async () => {
    const { clock, member, from } = await start();
    const old = member.macKey;
    await member.network('101', '2');
    await until(() => member.macKey !== old);
    await turn();
    const fresh = member.macKey;
    const byOld = async (): Promise<string> => {
      member.macKey = old;
      const code = await member.code(member.balance(from));
      member.macKey = fresh;
      return code;
    };
    expect(await byOld()).toBe('00');
    clock.advanceMs(59_000);
    expect(await byOld()).toBe('00');
    clock.advanceMs(2_000);
    expect(await byOld()).toBe('A0');
    expect(await member.code(member.balance(from))).toBe('00');
  });

  test('that were not taken over, or with a wrong proof, change nothing', async () => {
    const { member, from } = await start();
    member.takesKeys = false;
    await member.network('101', '2');
    await until(() => member.unasked().some((one) => one.type === '0800'));
    const push = member.unasked().findLast((one) => one.type === '0800');
    const answer: Message = {
      type: '0810',
      fields: new Map([
        [39, '00'],
        [128, '12345678'],
      ]),
    };
    for (const number of [7, 11, 53, 70, 100]) answer.fields.set(number, push?.fields.get(number) ?? '');
    member.socket?.write(writeFrame(ownHeader(FIRST_MEMBER, '00010000'), writeMessage(answer)));
    expect(await member.code(member.balance(from))).toBe('00');
  });
});

describe('a fault', () => {
  test.each<[string, Parameters<BankSandbox['setFault']>[0], string]>([
    ['declines by a code', { kind: 'decline', value: '96' }, '96'],
    ['takes a bank down', { kind: 'bank_down', bank: 'ICBC' }, '91'],
    ['signs the member off', { kind: 'sign_off' }, '92'],
  ])('%s, and no money moves', async (_what, fault, code) => {
    const { sandbox, member, from } = await start();
    sandbox.setFault({ ...fault, times: 1 });
    expect(await member.code(member.purchase(from, 100n))).toBe(code);
    expect(sandbox.balanceOf(from)).toBe(1_000_000n);
  });

  test('strikes only its bank, card and operation, and only so often', async () => {
    const { sandbox, member, from, to } = await start();
    sandbox.setFault({
      kind: 'decline',
      value: '05',
      bank: 'ICBC',
      card: from.slice(-4),
      operation: 'purchase',
      times: 2,
    });
    expect(await member.code(member.balance(from))).toBe('00');
    expect(await member.code(member.transferIn(from, to, 100n))).toBe('00');
    expect(await member.code(member.purchase(to, 1n))).toBe('00');
    expect(await member.code(member.purchase(from, 1n))).toBe('05');
    expect(sandbox.faults()).toMatchObject([{ times: 1 }]);
    expect(await member.code(member.purchase(from, 1n))).toBe('05');
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
  });

  test('may spare the first', async () => {
    const { sandbox, member, from } = await start();
    sandbox.setFault({ kind: 'approve', times: 1 });
    sandbox.setFault({ kind: 'bank_down' });
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
    expect(await member.code(member.purchase(from, 1n))).toBe('91');
    sandbox.clearFaults();
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
  });

  test.each([
    ['drop_request', false],
    ['drop_reply', true],
    ['close_before', true],
    ['half_open', true],
  ] as const)('by which nothing comes back (%s): done %s', async (kind, isDone) => {
    const { sandbox, member, from, another } = await start();
    sandbox.setFault({ kind, times: 1 });
    const message = member.purchase(from, 100n);
    let isAnswered = false;
    void member.send(message).then(() => (isAnswered = true));
    await until(() => sandbox.faults().length === 0);
    const second = await another();
    await second.network('001');
    second.macKey = member.macKey;
    expect(isAnswered).toBe(false);
    expect(sandbox.balanceOf(from)).toBe(isDone ? 999_900n : 1_000_000n);
    // The member asks again, by another link, and learns what became of it.
    expect(await second.code(message)).toBe('00');
    expect(sandbox.balanceOf(from)).toBe(999_900n);
  });

  test('cuts the link in the middle of the answer or right after it', async () => {
    for (const kind of ['close_middle', 'close_after'] as const) {
      const { sandbox, member, from } = await start();
      sandbox.setFault({ kind, times: 1 });
      const before = member.frames.length;
      void member.send(member.purchase(from, 100n));
      await until(() => member.socket?.destroyed === true);
      expect(member.frames.length - before).toBe(kind === 'close_after' ? 1 : 0);
      expect(sandbox.balanceOf(from)).toBe(999_900n);
    }
  });

  test('answers twice, late, or after some time', async () => {
    const { sandbox, member, from } = await start();
    sandbox.setFault({ kind: 'twice', times: 1 });
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
    await until(() => member.unasked().some((one) => one.type === '0210'));
    sandbox.setFault({ kind: 'delay', value: 20, times: 1 });
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
    sandbox.setFault({ kind: 'slow', value: 20, times: 1 });
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
    sandbox.setFault({ kind: 'late', times: 1 });
    const late = member.purchase(from, 100n);
    const order: string[] = [];
    const answered = member.send(late).then(({ type }) => order.push(type));
    const reversal = member.reversal(late);
    order.push((await member.send(reversal)).type);
    await answered;
    expect(order).toEqual(['0430', '0210']);
    expect(sandbox.balanceOf(from)).toBe(999_997n);
  });

  test('makes an answer that nobody may believe', async () => {
    const { sandbox, member, from } = await start();
    sandbox.setFault({ kind: 'wrong_mac', times: 1 });
    expect((await member.send(member.purchase(from, 100n))).fields.get(128)).toBe('00000000');
    sandbox.setFault({ kind: 'wrong_amount', value: 7, times: 1 });
    expect((await member.send(member.purchase(from, 100n))).fields.get(4)).toBe('000000000107');
    sandbox.setFault({ kind: 'other_stan', value: 500, times: 1 });
    const strange = member.purchase(from, 100n);
    void member.send(strange);
    const stan = String(Number(strange.fields.get(11)) + 500).padStart(6, '0');
    await until(() => member.unasked().some((one) => one.fields.get(11) === stan));
    sandbox.setFault({ kind: 'corrupt', value: 80, times: 1 });
    const before = member.frames.length;
    void member.send(member.purchase(from, 100n));
    await until(() => member.frames.length > before);
    expect((member.frames.at(-1)?.[80] ?? 0) & 0x80).toBe(0x80);
  });

  test('swaps two answers, or lets them overtake each other', async () => {
    const { sandbox, member, from } = await start();
    sandbox.setFault({ kind: 'swap', times: 1 });
    const [first, second] = [member.purchase(from, 100n), member.purchase(from, 200n)];
    const [one, two] = await Promise.all([member.send(first), member.send(second)]);
    expect([one.fields.get(4), two.fields.get(4)]).toEqual(['000000000200', '000000000100']);
    sandbox.setFault({ kind: 'reorder', times: 1 });
    const order: number[] = [];
    const waits = [member.purchase(from, 1n), member.purchase(from, 2n)].map((message, at) =>
      member.send(message).then(() => order.push(at)),
    );
    await Promise.all(waits);
    expect(order).toEqual([1, 0]);
  });

  test('changes the keys or the day in the middle of a message', async () => {
    const { sandbox, member, from } = await start();
    const old = member.macKey;
    sandbox.setFault({ kind: 'key_change', times: 1 });
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
    await until(() => member.macKey !== old);
    expect(await member.code(member.purchase(from, 1n))).toBe('00');
    sandbox.setFault({ kind: 'day_switch', times: 1 });
    const { fields } = await member.send(member.purchase(from, 1n));
    expect([fields.get(15), fields.get(13)]).toEqual(['1124', '1123']);
    const said = member.unasked().filter((one) => one.type === '0820');
    expect(said.map((one) => [one.fields.get(70), one.fields.get(15)])).toEqual([
      ['202', '1124'],
      ['201', '1124'],
    ]);
  });

  test('may strike what is no money: sign-on, keys, echoes', async () => {
    const { sandbox, member } = await start();
    sandbox.setFault({ kind: 'decline', value: '96', operation: 'echo', times: 1 });
    expect((await member.network('301')).fields.get(39)).toBe('96');
    expect((await member.network('301')).fields.get(39)).toBe('00');
  });

  test('on a reversal does not stick: the next one is asked of the bank', async () => {
    const { sandbox, member, from } = await start();
    const debit = member.purchase(from, 100n);
    await member.send(debit);
    sandbox.setFault({ kind: 'bank_down', operation: 'reversal', times: 1 });
    const reversal = member.reversal(debit);
    expect(await member.code(reversal)).toBe('91');
    expect(await member.code(reversal)).toBe('00');
    expect(sandbox.balanceOf(from)).toBe(1_000_000n);
  });

  test('that is none is refused', async () => {
    const { sandbox } = await start();
    expect(() => sandbox.setFault(JSON.parse('{"kind":"fire"}'))).toThrow(RangeError);
  });
});
