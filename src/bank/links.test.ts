import { describe, expect, test } from 'vitest';
import { encodeBody } from './iso8583/codec.ts';
import { encodeFrame, newHeader, rejectFrame } from './iso8583/header.ts';
import { Message } from './iso8583/message.ts';
import { type Heard, startPretendSwitch } from './pretend-switch.ts';
import { INSTITUTION, openTestRail, testCard, testLeg, testStamp, TRANSPORT_KEY, until } from './test-rail.ts';

describe('a reply', () => {
  test('may come on another connection than its request left on', async () => {
    const { rail, pretend } = await openTestRail();
    await until(() => rail.status().links === 2);
    pretend.script = ({ socket, reply, send }) =>
      send(
        reply,
        [...pretend.sockets].find((each) => each !== socket),
      );
    for (let round = 0; round < 4; round++) expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('byte by byte is one reply', async () => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    pretend.script = async ({ socket, reply, frameOf }) => {
      for (const byte of frameOf(reply)) {
        socket.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('too late is unknown first, and changes nothing when it comes', async () => {
    const { rail, pretend, strays } = await openTestRail({ links: 1, timings: { replyMs: 40 } });
    let late: Heard | undefined;
    pretend.script = (heard) => {
      late = heard;
    };
    const leg = testLeg();
    expect(await rail.debit(leg)).toEqual({ kind: 'unknown', why: 'no reply in time', code: null });
    await until(() => late !== undefined);
    late?.send();
    await until(() => strays.length === 1);
    expect(strays).toEqual([
      {
        kind: 'late',
        messageType: '0210',
        transmittedAt: '1123093015',
        stan: leg.stamp.stan,
        rrn: leg.stamp.rrn,
        responseCode: '00',
      },
    ]);
    expect(rail.status().counters).toMatchObject({ late: 1, unmatched: 0 });
  });

  test('that arrived while the process stood still is read before anybody is told that it did not', async () => {
    const { rail, pretend, strays } = await openTestRail({ links: 1, timings: { replyMs: 2000 } });
    pretend.script = ({ send }) => {
      send();
      const end = performance.now() + 2100;
      while (performance.now() < end);
    };
    expect((await rail.debit(testLeg())).kind).toBe('approved');
    expect(strays).toEqual([]);
  });

  test('that comes twice counts once', async () => {
    const { rail, pretend, strays } = await openTestRail();
    pretend.script = ({ send }) => {
      send();
      send();
    };
    expect((await rail.debit(testLeg())).kind).toBe('approved');
    await until(() => strays.length === 1);
    expect(strays[0]?.kind).toBe('repeated');
  });

  test('that nobody asked for is told and left at that', async () => {
    const { rail, pretend, strays } = await openTestRail();
    pretend.script = ({ reply, send }) => {
      send(new Message('0210', [...reply.values]).set(11, '999999'));
      send();
    };
    expect((await rail.debit(testLeg())).kind).toBe('approved');
    expect(strays).toMatchObject([{ kind: 'unmatched', stan: '999999' }]);
  });

  test('for another request, swapped, is believed by neither of the two', async () => {
    const { rail, pretend } = await openTestRail();
    const held: Heard[] = [];
    pretend.script = (heard) => {
      held.push(heard);
      if (held.length < 2) return;
      const [first, second] = held;
      // Each gets what was meant for the other, under its own key and rightly signed.
      for (const [to, from] of [
        [first, second],
        [second, first],
      ])
        to?.send(new Message('0210', [...(from?.reply.values ?? [])]).set(11, to.message.get(11) ?? ''));
    };
    const amounts = [100n, 200n].map((minor) => testLeg({ amount: { currency: 'CNY', minor } }));
    const replies = await Promise.all(amounts.map((leg) => rail.debit(leg)));
    expect(replies.map((reply) => reply.kind)).toEqual(['unknown', 'unknown']);
  });

  test('with one damaged byte is never an approval of something else', async () => {
    const { rail, pretend } = await openTestRail({ links: 1, timings: { replyMs: 25 } });
    const length = { bytes: 400, at: 4 };
    pretend.script = ({ socket, reply, frameOf }) => {
      const frame = frameOf(reply);
      length.bytes = frame.length;
      frame[length.at] = (frame[length.at] ?? 0) ^ 0x01;
      socket.write(frame);
    };
    const leg = testLeg();
    for (length.at = 4; length.at < length.bytes; length.at += 7) {
      const reply = await rail.debit({ ...leg, stamp: testStamp() });
      // Beyond what is authenticated (the shop's name, say) a change is not noticed; what is told stays true.
      if (reply.kind === 'approved') expect(reply.settlementDay).toMatch(/^2026-1[123]-/);
      else expect(['unknown', 'not_sent']).toContain(reply.kind); // not sent while an echo is on its way
    }
  });

  test('whose length is damaged cuts the link, and what was in flight is unknown', async () => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    pretend.script = ({ socket, reply, frameOf }) => {
      const frame = frameOf(reply);
      frame[1] = 0x78;
      socket.write(frame);
    };
    expect(await rail.debit(testLeg())).toMatchObject({ kind: 'unknown', why: /connection broke: a length/ });
    pretend.script = ({ send }) => send();
    await until(() => rail.status().isServing);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('that gives a frame back because of its header proves nothing', async () => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    pretend.script = ({ socket, message }) => {
      const frame = encodeFrame(newHeader(INSTITUTION, '00010000', true), encodeBody(message)).subarray(4);
      socket.write(rejectFrame(frame, 'destination', '00010000', INSTITUTION));
    };
    expect(await rail.debit(testLeg())).toMatchObject({ kind: 'unknown', why: 'the header was refused with 00045' });
  });
});

describe('a connection that breaks', () => {
  test.each<[string, (heard: Heard) => void]>([
    ['before the reply', ({ socket }) => void socket.destroy()],
    [
      'in the middle of the reply',
      ({ socket, reply, frameOf }) => void socket.write(frameOf(reply).subarray(0, 100), () => socket.destroy()),
    ],
    ['politely', ({ socket }) => void socket.end()],
  ])('%s leaves what was in flight unknown, and comes back', async (_, fault) => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    pretend.script = fault;
    expect(await rail.debit(testLeg())).toMatchObject({ kind: 'unknown' });
    pretend.script = ({ send }) => send();
    await until(() => rail.status().isServing);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
    expect(rail.status().counters.reconnects).toBe(1);
  });

  test('after the reply takes nothing back', async () => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    pretend.script = ({ socket, reply, frameOf }) => void socket.end(frameOf(reply));
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('leaves the other link serving', async () => {
    const { rail, pretend } = await openTestRail();
    await until(() => rail.status().links === 2);
    let isFirst = true;
    pretend.script = ({ socket, send }) => {
      if (isFirst) socket.destroy();
      else send();
      isFirst = false;
    };
    expect((await rail.debit(testLeg())).kind).toBe('unknown');
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('everywhere means that surely nothing is sent', async () => {
    const { rail, pretend } = await openTestRail({ timings: { reconnectFirstMs: 60_000, reconnectMaxMs: 60_000 } });
    for (const socket of pretend.sockets) socket.destroy();
    await until(() => rail.status().links === 0);
    expect(await rail.debit(testLeg())).toEqual({ kind: 'not_sent', why: 'no link to the switch that answers' });
    expect(rail.status()).toMatchObject({ isServing: false, quietMs: null });
  });

  test('that was never there is waited for no longer than asked', async () => {
    const pretend = await startPretendSwitch({
      institution: INSTITUTION,
      transportKey: TRANSPORT_KEY,
      algorithm: '3des',
    });
    await pretend.close();
    const { rail } = await openTestRail({}, { ...pretend, close: () => Promise.resolve() }, 20);
    expect(rail.status()).toMatchObject({ isServing: false, links: 0, keyVersion: 'none', settlementDay: null });
  });
});

describe('a half-open connection', () => {
  test('is found out by two echoes in vain and given up', async () => {
    const { rail, pretend } = await openTestRail({
      links: 1,
      timings: { echoAfterMs: 30, networkReplyMs: 1000, reconnectFirstMs: 5 },
    });
    const [first] = pretend.sockets;
    pretend.networkScript = ({ socket }) => socket === first;
    await until(() => rail.status().counters.reconnects >= 1);
    expect(pretend.heard.filter((message) => message.get(70) === '301').length).toBeGreaterThanOrEqual(2);
    await until(() => rail.status().isServing);
  });

  test('is not used for more once somebody waited there in vain', async () => {
    const { rail, pretend } = await openTestRail();
    await until(() => rail.status().links === 2);
    let deaf: unknown = null;
    pretend.script = ({ socket, send }) => {
      deaf ??= socket;
      if (socket !== deaf) send();
    };
    pretend.networkScript = ({ socket }) => socket === deaf;
    expect((await rail.enquire({ stamp: testStamp(), card: testCard() }, 20)).kind).toBe('unknown');
    await until(() => deaf !== null);
    for (let round = 0; round < 5; round++) expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('a quiet one that answers echoes stays', async () => {
    const { rail, pretend } = await openTestRail({ links: 1, timings: { echoAfterMs: 15 } });
    const echoes = () => pretend.heard.filter((message) => message.get(70) === '301').length;
    await until(() => echoes() >= 3);
    expect(rail.status()).toMatchObject({ isServing: true, links: 1, counters: { reconnects: 0 } });
  });
});

const UNDER_WAY = { kind: 'unknown', why: 'the same message is under way already', code: null };

describe('what is too much', () => {
  test('waits for its place, and beyond that is refused before anything is sent', async () => {
    const { rail, pretend } = await openTestRail({ inFlightMax: 3, queueMax: 2 });
    const held: Heard[] = [];
    pretend.script = (heard) => void held.push(heard);
    const replies = Array.from({ length: 6 }, () => rail.debit(testLeg()));
    expect(await replies[5]).toEqual({ kind: 'not_sent', why: 'too much is under way' });
    await until(() => held.length === 3);
    expect(rail.status().inFlight).toBe(5);
    pretend.script = ({ send }) => send();
    for (const heard of held) heard.send();
    for (const reply of replies.slice(0, 5)) expect((await reply).kind).toBe('approved');
  });

  test('and finds no place in time is surely not sent', async () => {
    const { rail, pretend } = await openTestRail({ inFlightMax: 1, timings: { replyMs: 1000 } });
    const before = pretend.heard.length;
    pretend.script = () => {};
    const [first, second] = [rail.debit(testLeg()), rail.enquire({ stamp: testStamp(), card: testCard() }, 20)];
    expect(await second).toEqual({ kind: 'unknown', why: 'no place in time' });
    expect((await first).kind).toBe('unknown');
    expect(pretend.heard.slice(before).filter((message) => message.type === '0200')).toHaveLength(1);
  });

  test('the same message twice at once is asked once, and never said not to be sent', async () => {
    const { rail, pretend } = await openTestRail();
    let held: Heard | undefined;
    pretend.script = (heard) => {
      held = heard;
    };
    const leg = testLeg();
    const first = rail.debit(leg);
    await until(() => held !== undefined);
    expect(await rail.debit(leg)).toEqual(UNDER_WAY);
    held?.send();
    expect((await first).kind).toBe('approved');
  });

  test('the same message again while it is under way and no link answers any more is not said not to be sent', async () => {
    const { rail, pretend } = await openTestRail({ links: 1, timings: { replyMs: 3000, networkReplyMs: 10_000 } });
    pretend.script = () => {};
    pretend.networkScript = () => true;
    const leg = testLeg();
    const first = rail.debit(leg);
    await until(() => pretend.heard.some((message) => message.type === '0200'));
    // Somebody else waits in vain, so that the link is used no more.
    expect((await rail.enquire({ stamp: testStamp(), card: testCard() }, 20)).kind).toBe('unknown');
    expect(await rail.debit(testLeg())).toEqual({ kind: 'not_sent', why: 'no link to the switch that answers' });
    expect(await rail.debit(leg)).toEqual(UNDER_WAY);
    expect((await first).kind).toBe('unknown');
  });

  test('500 at once in flight, answered backwards, each get their own', async () => {
    const { rail, pretend } = await openTestRail();
    const held: Heard[] = [];
    pretend.script = (heard) => {
      held.push(heard);
      if (held.length === 500) for (const each of held.toReversed()) each.send();
    };
    const legs = Array.from({ length: 500 }, (_, index) =>
      testLeg({ amount: { currency: 'CNY', minor: BigInt(index + 1) } }),
    );
    const replies = await Promise.all(legs.map((leg) => rail.debit(leg)));
    expect(replies.filter((reply) => reply.kind === 'approved')).toHaveLength(500);
    expect(rail.status()).toMatchObject({ inFlight: 0, counters: { sent: 500, answered: 500, late: 0, unmatched: 0 } });
  });
});

describe('closing and signing off', () => {
  test('closed, whatever is in flight is unknown and nothing is sent any more', async () => {
    const { rail, pretend } = await openTestRail();
    pretend.script = () => {};
    const leg = rail.debit(testLeg());
    await until(() => pretend.heard.some((message) => message.type === '0200'));
    await rail.close();
    expect((await leg).kind).toBe('unknown');
    expect(await rail.debit(testLeg())).toEqual({ kind: 'not_sent', why: 'the rail is closed' });
    await until(() => pretend.heard.some((message) => message.get(70) === '002'));
  });

  test('signed off, nothing is sent until it signs on again', async () => {
    const { rail } = await openTestRail();
    expect(await rail.signOff()).toBe(true);
    expect(await rail.debit(testLeg())).toEqual({ kind: 'not_sent', why: 'signed off' });
    expect(await rail.signOn()).toBe(true);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
    expect(await rail.echo()).toBe(true);
  });

  test('refused at signing on, it tries again', async () => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    let refusals = 2;
    pretend.networkScript = ({ message, reply, send }) => {
      if (message.get(70) !== '001' || refusals === 0) return false;
      refusals -= 1;
      send(reply.set(39, '91'));
      return true;
    };
    for (const socket of pretend.sockets) socket.destroy();
    await until(() => refusals === 0 && rail.status().isServing);
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });

  test('signed off by the switch, it comes back on a new connection', async () => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    pretend.tell(new Message('0820').set(7, '1123093500').set(11, '000001').set(33, '00010000').set(70, '002'));
    await until(() => rail.status().counters.reconnects === 1 && rail.status().isServing);
    expect(pretend.heard.some((message) => message.type === '0830' && message.get(39) === '00')).toBe(true);
  });
});

describe('what the switch asks', () => {
  const ask = (code: string) =>
    new Message('0820').set(7, '1123230000').set(11, '000007').set(33, '00010000').set(70, code);
  test.each([
    ['301', '00'],
    ['201', '00'],
    ['202', '00'],
    ['999', '40'],
  ])('F70 %s is answered with %s', async (code, expected) => {
    const { pretend } = await openTestRail({ links: 1 });
    pretend.tell(ask(code).set(15, '1124'));
    await until(() => pretend.heard.some((message) => message.type === '0830'));
    const reply = pretend.heard.find((message) => message.type === '0830');
    expect([reply?.get(7), reply?.get(11), reply?.get(39)]).toEqual(['1123230000', '000007', expected]);
  });

  test('the day switch in mid-flow books each leg by the day that the switch says', async () => {
    const { rail, pretend } = await openTestRail();
    const held: Heard[] = [];
    pretend.script = (heard) => void held.push(heard);
    const first = rail.debit(testLeg());
    await until(() => held.length === 1);
    pretend.tell(ask('202').set(15, '1123'));
    pretend.tell(ask('201').set(15, '1124'));
    held[0]?.send(); // was done on the day before
    expect(await first).toMatchObject({ settlementDay: '2026-11-23' });
    await until(() => rail.status().settlementDay === '2026-11-24');
    pretend.settlementDay = '1124';
    const second = rail.debit(testLeg());
    await until(() => held.length === 2);
    held[1]?.send();
    expect(await second).toMatchObject({ settlementDay: '2026-11-24' });
  });

  test('a line test is no frame, and a foreign frame is given back', async () => {
    const { rail, pretend } = await openTestRail({ links: 1 });
    const [socket] = pretend.sockets;
    const back: Buffer[] = [];
    socket?.on('data', (chunk) => back.push(chunk));
    socket?.write('0000');
    socket?.write(encodeFrame(newHeader('00010000', '12345678', true), encodeBody(ask('301'))));
    const foreign = encodeFrame(newHeader('00010000', '12345678', true), encodeBody(ask('301'))).subarray(4);
    await until(() => Buffer.concat(back).includes('00045') && Buffer.concat(back).includes(foreign));
    expect((await rail.debit(testLeg())).kind).toBe('approved');
  });
});
