import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { codeOf, openPeople } from './test-people.ts';

const { sql } = await freshDatabase();
const people = await openPeople(sql);
const { users, clock } = people;
const whoIs = (cookie: string) => users.authenticate(cookie, clock.now());

describe('sessions', () => {
  test('a cookie says who it is, and only its digest is kept', async () => {
    const { session, cookie } = await people.signIn(people.aPhone());
    expect(await whoIs(cookie.reveal())).toEqual(session);
    const [row] = await sql<{ all: string }[]>`select json_agg(user_sessions)::text as all from user_sessions`;
    const secretHalf = cookie.reveal().slice(30);
    expect(secretHalf).toHaveLength(43);
    expect(row?.all.includes(secretHalf)).toBe(false);
    expect(row?.all.includes(Buffer.from(secretHalf, 'base64url').toString('hex'))).toBe(false);
  });

  test('a cookie of one book, session or secret that is another is nobody', async () => {
    const [a, b] = [await people.signIn(people.aPhone()), await people.signIn(people.aPhone())];
    const cookie = a.cookie.reveal();
    const last = cookie.endsWith('A') ? 'E' : 'A';
    const bent = [
      '',
      'x',
      cookie.slice(0, -1),
      `${cookie}A`,
      cookie.slice(0, -1) + last,
      cookie.replace('ses_', 'dev_'),
      cookie.toLowerCase(),
      b.cookie.reveal().slice(0, 30) + cookie.slice(30),
      a.deviceToken.reveal(),
      'ses_'.padEnd(73, '0'),
      `ses_${'0'.repeat(26)}${"'".repeat(43)}`,
    ];
    for (const one of bent) expect(await whoIs(one)).toBe(null);
  });

  test('whatever the browser came with, signing in gives another cookie, and the old one of this device is over', async () => {
    const phone = people.aPhone();
    const planted = await people.signIn(people.aPhone());
    const first = await people.signIn(phone, planted.deviceToken.reveal());
    const second = await people.signIn(phone, first.deviceToken.reveal());
    expect(new Set([planted, first, second].map(({ cookie }) => cookie.reveal())).size).toBe(3);
    expect(new Set([planted, first, second].map(({ session }) => session.id)).size).toBe(3);
    expect(await whoIs(first.cookie.reveal())).toBe(null);
    expect(await whoIs(second.cookie.reveal())).not.toBe(null);
    expect(await whoIs(planted.cookie.reveal())).not.toBe(null);
  });

  test('a cookie that was signed out opens nothing any more, and others go on', async () => {
    const phone = people.aPhone();
    const [a, b] = [await people.signIn(phone), await people.signIn(phone)];
    await users.signOut(a.session);
    await users.signOut(a.session);
    expect(await whoIs(a.cookie.reveal())).toBe(null);
    expect(await whoIs(b.cookie.reveal())).not.toBe(null);
  });

  test('signing out everywhere ends every session of this person and of nobody else', async () => {
    const phone = people.aPhone();
    const other = await people.signIn(people.aPhone());
    const all = [await people.signIn(phone), await people.signIn(phone), await people.signIn(phone)];
    await users.signOutEverywhere(all[1]?.session ?? other.session);
    for (const { cookie } of all) expect(await whoIs(cookie.reveal())).toBe(null);
    expect(await whoIs(other.cookie.reveal())).not.toBe(null);
  });

  test.each([
    ['15 minutes without use', [15 * 60 + 1], false],
    ['just under', [15 * 60 - 1], true],
    ['used every ten minutes for two hours', Array.from({ length: 12 }, () => 600), true],
    ['used all the time, but longer than 12 hours', Array.from({ length: 73 }, () => 600), false],
  ])('%s', async (_, steps, isIn) => {
    const { cookie } = await people.signIn(people.aPhone());
    let found = null;
    for (const seconds of steps) {
      clock.advanceMs(seconds * 1000);
      found = await whoIs(cookie.reveal());
    }
    expect(found !== null).toBe(isIn);
  });

  test('the language is that of the last choice', async () => {
    const { session, cookie } = await people.signIn(people.aPhone());
    expect(await users.setLang(session, 'en')).toMatchObject({ lang: 'en', hasPin: false, passkeysCount: 0 });
    expect((await whoIs(cookie.reveal()))?.lang).toBe('en');
  });
});

describe('devices', () => {
  test('a device is new for 24 hours, and known again by its own cookie', async () => {
    const phone = people.aPhone();
    const first = await people.signIn(phone);
    expect(first.session.deviceIsNew).toBe(true);
    clock.advanceMs(24 * 3600_000);
    const again = await people.signIn(phone, first.deviceToken.reveal());
    expect(again.session).toMatchObject({ deviceId: first.session.deviceId, deviceIsNew: false });
    expect(again.deviceToken.reveal()).toBe(first.deviceToken.reveal());
    const elsewhere = await people.signIn(phone);
    expect(elsewhere.session.deviceIsNew).toBe(true);
  });

  test("another person's device cookie, a removed device's and a made-up one are new devices", async () => {
    const phone = people.aPhone();
    const other = await people.signIn(people.aPhone());
    const removed = await people.signIn(phone);
    await users.removeDevice(removed.session, removed.session.deviceId);
    clock.advanceMs(25 * 3600_000);
    const madeUp = other.deviceToken.reveal().slice(0, -1) + (other.deviceToken.reveal().endsWith('A') ? 'E' : 'A');
    for (const token of [other.deviceToken.reveal(), removed.deviceToken.reveal(), madeUp, 'x', '']) {
      const { session } = await people.signIn(phone, token);
      expect(session.deviceIsNew).toBe(true);
      expect([other.session.deviceId, removed.session.deviceId]).not.toContain(session.deviceId);
    }
  });

  test('removing a device ends its sessions', async () => {
    const phone = people.aPhone();
    const [stolen, mine] = [await people.signIn(phone), await people.signIn(phone)];
    await users.removeDevice(mine.session, stolen.session.deviceId);
    expect(await whoIs(stolen.cookie.reveal())).toBe(null);
    expect((await users.listDevices(mine.session)).map(({ id, isThis }) => [id, isThis])).toEqual([
      [mine.session.deviceId, true],
    ]);
    expect(await codeOf(users.removeDevice(mine.session, stolen.session.deviceId))).toBe('not_found');
  });

  test("another person's device is not there, and stays", async () => {
    const [mine, theirs] = [await people.signIn(people.aPhone()), await people.signIn(people.aPhone())];
    expect(await codeOf(users.removeDevice(mine.session, theirs.session.deviceId))).toBe('not_found');
    expect(await whoIs(theirs.cookie.reveal())).not.toBe(null);
    expect((await users.listDevices(mine.session)).map(({ id }) => id)).not.toContain(theirs.session.deviceId);
  });

  test('a name is one line of bounded length', async () => {
    const phone = people.aPhone();
    const { codeId } = await users.startSignIn({ phone, lang: 'en', origin: phone });
    const device = { deviceName: `a\r\nb\u202e${'c'.repeat(200)}`, lang: 'en', deviceToken: null } as const;
    const { session } = await users.finishSignIn({ ...device, codeId, phone, code: people.lastCode(phone) });
    expect((await users.listDevices(session))[0]?.name).toBe(`ab${'c'.repeat(78)}`);
  });
});
