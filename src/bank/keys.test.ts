import { describe, expect, test } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import { BlockCipher } from './iso8583/block-cipher.ts';
import { type Heard, startPretendSwitch } from './pretend-switch.ts';
import { INSTITUTION, openTestRail, PERSON, testLeg, testStamp, TRANSPORT_KEY, until } from './test-rail.ts';

describe('working keys', () => {
  test('are taken at the first sign-on, before anything is sent', async () => {
    const { rail, pretend } = await openTestRail();
    expect(rail.status().keyVersion).toMatch(/^[0-9A-F]{8}-[0-9A-F]{8}$/);
    const answered = () => pretend.heard.filter((message) => message.type === '0810');
    await until(() => answered().length === 2);
    const answers = answered();
    expect(answers.map((message) => [message.get(53)?.[0], message.get(39)])).toEqual([
      ['1', '00'],
      ['2', '00'],
    ]);
    // Four bytes of MAC under the new key, and its check value.
    const checkValue = new BlockCipher('3des', pretend.keys.mac).checkValue();
    expect(Buffer.from(answers[1]?.get(128) ?? '', 'latin1').subarray(4)).toEqual(checkValue);
  });

  test('change in mid-flow: a reply under the key before is still believed', async () => {
    const { rail, pretend } = await openTestRail();
    const held: Heard[] = [];
    pretend.script = (heard) => void held.push(heard);
    const legs = Array.from({ length: 20 }, () => rail.debit(testLeg()));
    await until(() => held.length === 20);
    const frames = held.slice(0, 10).map((heard) => ({ heard, frame: heard.frameOf(heard.reply) }));
    const before = rail.status().keyVersion;
    pretend.pushKey('mac');
    await until(() => rail.status().keyVersion !== before);
    for (const { heard, frame } of frames) heard.socket.write(frame); // signed before the change
    for (const heard of held.slice(10)) heard.send(); // and after it
    expect((await Promise.all(legs)).every((reply) => reply.kind === 'approved')).toBe(true);
    expect(rail.status().counters.badMac).toBe(0);
  });

  test('the key before is good for its time only', async () => {
    const { rail, pretend } = await openTestRail({ timings: { keyOverlapMs: -1 } });
    let held: Heard | undefined;
    pretend.script = (heard) => {
      held = heard;
    };
    const leg = rail.debit(testLeg());
    await until(() => held !== undefined);
    const frame = held?.frameOf(held.reply) ?? Buffer.alloc(0);
    const before = rail.status().keyVersion;
    pretend.pushKey('mac');
    await until(() => rail.status().keyVersion !== before);
    held?.socket.write(frame);
    expect(await leg).toMatchObject({ kind: 'unknown', why: 'a reply with a wrong MAC' });
  });

  test('that do not prove themselves are not taken', async () => {
    const { rail, pretend } = await openTestRail();
    const before = rail.status().keyVersion;
    pretend.pushKey('mac', true);
    await until(() => pretend.heard.some((message) => message.type === '0810' && message.get(39) === 'A0'));
    expect(rail.status().keyVersion).toBe(before);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('that somebody recorded long ago and plays again are not taken, before or behind the time', async () => {
    for (const minutes of [31, -31, 30 * 24 * 60]) {
      const clock = new ManualClock(new Date('2026-11-23T01:30:15Z'));
      const { rail, pretend } = await openTestRail({ clock });
      const before = { version: rail.status().keyVersion, mac: pretend.keys.mac };
      clock.advanceMs(minutes * 60_000);
      pretend.pushKey('mac'); // its F7 is that of the start
      await until(() => pretend.heard.some((message) => message.type === '0810' && message.get(39) === 'A0'));
      expect(rail.status().keyVersion).toBe(before.version);
      pretend.keys.mac = before.mac;
      expect((await rail.debit(testLeg())).kind).toBe('approved');
    }
  });

  test('that cannot be kept are not taken', async () => {
    let isFull = false;
    const { rail, pretend } = await openTestRail({
      keys: {
        load: () => Promise.resolve(null),
        save: () => (isFull ? Promise.reject(new Error('full')) : Promise.resolve()),
      },
    });
    isFull = true;
    const before = { version: rail.status().keyVersion, mac: pretend.keys.mac };
    pretend.pushKey('mac');
    await until(() => pretend.heard.some((message) => message.type === '0810' && message.get(39) === '96'));
    expect(rail.status().keyVersion).toBe(before.version);
    pretend.keys.mac = before.mac;
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('that cannot be read because the database dies just then do not end the process: new ones are asked for', async () => {
    const load = () => Promise.reject(new Error('write CONNECTION_CLOSED'));
    const { rail } = await openTestRail({ keys: { load, save: () => Promise.resolve() } });
    expect(rail.status().isServing).toBe(true);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('that could not be kept while there were none yet are asked for until they can, whichever links signed on meanwhile', async () => {
    let isAway = true;
    const keys = {
      load: () => Promise.resolve(null),
      save: () => (isAway ? Promise.reject(new Error('the database is away')) : Promise.resolve()),
    };
    const { rail, pretend } = await openTestRail({ keys, timings: { networkReplyMs: 200 } }, undefined, 0);
    const signedOn = () => pretend.heard.filter((message) => message.get(70) === '001').length;
    await until(() => signedOn() >= 4);
    expect(rail.status().isServing).toBe(false);
    isAway = false;
    await until(() => rail.status().isServing);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('are asked for again when a reply looks as if they were wrong', async () => {
    const { rail, pretend } = await openTestRail();
    pretend.keys.mac = Buffer.alloc(16, 'lost');
    expect((await rail.debit(testLeg())).kind).toBe('unknown');
    await until(() => pretend.heard.filter((message) => message.type === '0810').length === 4);
    await until(() => rail.status().isServing);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('are renewed when asked, by whoever asks, once at a time', async () => {
    const { rail, pretend } = await openTestRail();
    const before = rail.status().keyVersion;
    expect(await Promise.all([rail.renewKeys(), rail.renewKeys()])).toEqual([true, true]);
    expect(rail.status().keyVersion).not.toBe(before);
    await rail.echo(); // by then the last answer has arrived as well
    expect(pretend.heard.filter((message) => message.type === '0810')).toHaveLength(4);
  });

  test('are not renewed when the switch refuses, and the old ones stay', async () => {
    const { rail, pretend } = await openTestRail();
    pretend.networkScript = ({ message, reply, send }) => {
      if (message.get(70) === '101') send(reply.set(39, '40'));
      return message.get(70) === '101';
    };
    expect(await rail.renewKeys()).toBe(false);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('are kept encrypted, and serve after a restart when the switch gives no new ones', async () => {
    const first = await openTestRail();
    await first.rail.close();
    const text = first.kept.text ?? '';
    for (const key of Object.values(first.pretend.keys)) {
      expect(text).not.toContain(key.toString('hex').toUpperCase());
      expect(text.toLowerCase()).not.toContain(key.toString('hex'));
    }
    first.pretend.networkScript = ({ message, reply, send }) => {
      if (message.get(70) === '101') send(reply.set(39, '40'));
      return message.get(70) === '101';
    };
    const keys = { load: () => Promise.resolve(text), save: () => Promise.resolve() };
    const second = await openTestRail({ keys }, first.pretend);
    expect((await second.rail.debit(testLeg())).kind).toBe('approved');
    // Under another transport key they are of no use, and none is made up.
    const third = await openTestRail(
      { keys, transportKey: new Secret('1'.repeat(32)), timings: { networkReplyMs: 10 } },
      first.pretend,
      50,
    );
    expect(third.rail.status()).toMatchObject({ isServing: false, keyVersion: 'none' });
    expect((await third.rail.debit(testLeg())).kind).toBe('not_sent');
  });

  test('of SM4 do the same', async () => {
    const { rail, pretend } = await openTestRail({ algorithm: 'sm4' });
    expect((await rail.debit(testLeg())).kind).toBe('approved');
    expect(pretend.heard.at(-1)?.get(53)).toBe('2400000000000000');
    expect(
      pretend.heard
        .find((message) => message.get(70) === '101')
        ?.get(53)
        ?.slice(0, 2),
    ).toBe('14');
  });
});

describe('cards that a bank tells', () => {
  const seal = (key: Buffer, ...numbers: string[]) =>
    `WC${String(numbers.length).padStart(2, '0')}${numbers
      .map((number) => new BlockCipher('3des', key).encrypt(Buffer.from(number.padEnd(32, 'F'), 'hex')).toString('hex'))
      .join('')
      .toUpperCase()}`;
  const ask = (rail: Awaited<ReturnType<typeof openTestRail>>['rail']) =>
    rail.findCards({ stamp: testStamp(), identity: PERSON, issuer: '01020000' });

  test('are read under the PIN key, also under the one before a change', async () => {
    const { rail, pretend } = await openTestRail();
    const old = pretend.keys.pin;
    pretend.script = ({ reply, send }) => send(reply.set(48, seal(old, '6225881234567890', '6212260200000001004')));
    const before = await ask(rail);
    expect(await rail.renewKeys()).toBe(true);
    for (const found of [before, await ask(rail)]) {
      expect(found.kind).toBe('found');
      const cards = found.kind === 'found' ? found.cards : [];
      expect(cards.map((card) => [card.number.reveal(), card.issuer])).toEqual([
        ['6225881234567890', '01020000'],
        ['6212260200000001004', '01020000'],
      ]);
    }
    expect(pretend.heard.at(-1)?.get(100)).toBe('01020000');
  });

  test.each([
    ['00', 'WC00', { kind: 'found', cards: [] }],
    ['00', 'WC01', { kind: 'unknown' }],
    ['00', seal(Buffer.alloc(16, 9), '6225881234567890'), { kind: 'unknown' }],
    ['75', 'WC00', { kind: 'refused', code: '75' }],
    ['91', 'WC00', { kind: 'refused', code: '91' }],
    ['96', 'WC00', { kind: 'unknown' }],
  ])('with %s and %s', async (code, f48, expected) => {
    const { rail, pretend } = await openTestRail();
    pretend.script = ({ reply, send }) => send(reply.set(39, code).set(48, f48));
    expect(await ask(rail)).toMatchObject(expected);
  });
});

test('a switch that was lost and comes back without memory is served with new keys', async () => {
  const first = await startPretendSwitch({ institution: INSTITUTION, transportKey: TRANSPORT_KEY, algorithm: '3des' });
  const { rail } = await openTestRail({}, first);
  await first.close();
  const options = {
    institution: INSTITUTION,
    transportKey: TRANSPORT_KEY,
    algorithm: '3des',
    port: first.port,
  } as const;
  const second = await startPretendSwitch(options);
  second.keys = { pin: Buffer.alloc(16, 'new'), mac: Buffer.alloc(16, 'other') };
  await until(() => rail.status().counters.reconnects >= 2 && rail.status().isServing);
  expect((await rail.debit(testLeg())).kind).toBe('approved');
  await rail.close();
  await second.close();
});
