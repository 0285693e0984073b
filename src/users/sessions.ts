import { newId } from '../base/id.ts';
import {
  DEVICE_NAME_CHARS_MAX,
  DEVICE_NEW_SECONDS,
  DEVICES_SHOWN_MAX,
  SESSION_IDLE_SECONDS,
  SESSION_SECONDS_MAX,
  SESSION_TOUCH_SECONDS,
} from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Secret } from '../base/secret.ts';
import type { Tx } from '../db/connect.ts';
import { audit } from './audit.ts';
import { bearerText, newSecretHalf, readBearer } from './bearer.ts';
import {
  findDevice,
  insertDevice,
  listDeviceRows,
  lockDevice,
  removeDeviceRow,
  touchDevice,
  updateDeviceUsed,
} from './device-store.ts';
import { endSession, endSessions, findSession, insertSession, touchSession } from './session-store.ts';
import type { Session, UserId } from './users.ts';
import type { Device, DeviceFacts, SignedIn } from './users-api.ts';
import type { UsersDeps } from './users-deps.ts';

const COOKIE_DIGEST = 'user session';
const DEVICE_DIGEST = 'user device';

/** Who sends this cookie. Everything that is wrong with one answers the same. */
export async function authenticate(deps: UsersDeps, cookie: string, now: Date): Promise<Session | null> {
  const bearer = readBearer('ses', cookie);
  const row = bearer === null ? null : await findSession(deps.sql, bearer.book, bearer.id);
  const isRight = deps.keyring.isDigest(COOKIE_DIGEST, bearer?.secretHalf ?? '', row?.digest ?? Buffer.alloc(32));
  if (row === null || !isRight || row.endedAt !== null) return null;
  const idleSeconds = secondsBetween(row.lastUsedAt, now);
  if (idleSeconds > SESSION_IDLE_SECONDS || secondsBetween(row.createdAt, now) > SESSION_SECONDS_MAX) return null;
  if (idleSeconds >= SESSION_TOUCH_SECONDS) {
    // One after the other: held together, the two rows would be locked the other way round than at a sign-in.
    await touchSession(deps.sql, row.book, row.id, now);
    await touchDevice(deps.sql, row.book, row.deviceId, now);
  }
  return {
    id: row.id,
    book: row.book,
    userId: row.userId,
    deviceId: row.deviceId,
    deviceIsNew: isNewDevice(row.deviceNewSince, now),
    lang: row.lang,
  };
}

/**
 * A session with a new id and a new secret, whatever the browser came with. A device that this person was signed in on before is known again by
 * its own cookie, and its earlier session ends; any other browser is a new device.
 */
export async function startSession(
  deps: UsersDeps,
  tx: Tx,
  who: { book: number; userId: UserId; isNewUser: boolean; by: 'code' | 'passkey' },
  facts: DeviceFacts,
): Promise<SignedIn> {
  const { book, userId } = who;
  const now = deps.clock.now();
  const device = (await findKnownDevice(deps, tx, who, facts)) ?? (await addDevice(deps, tx, who, facts));
  await endSessions(tx, book, userId, { deviceId: device.id, exceptId: null }, now);
  const id = newId('ses', deps, book);
  const secretHalf = newSecretHalf(deps.random);
  const digest = deps.keyring.digest(COOKIE_DIGEST, secretHalf);
  await insertSession(tx, { book, id, userId, deviceId: device.id, digest, createdAt: now });
  const auditFacts = { session_id: id, device_id: device.id, by: who.by, is_new_device: device.isFresh };
  await audit(deps, tx, [{ book, userId, event: 'session.started', facts: auditFacts }]);
  const deviceIsNew = isNewDevice(device.newSince, now);
  return {
    session: { id, book, userId, deviceId: device.id, deviceIsNew, lang: facts.lang },
    cookie: bearerText(id, secretHalf),
    deviceToken: device.token,
    isNewUser: who.isNewUser,
  };
}

interface SignInDevice {
  id: string;
  newSince: Date;
  token: Secret;
  isFresh: boolean;
}

async function findKnownDevice(
  deps: UsersDeps,
  tx: Tx,
  { book, userId }: { book: number; userId: UserId },
  facts: DeviceFacts,
): Promise<SignInDevice | null> {
  const bearer = readBearer('dev', facts.deviceToken);
  const row = bearer === null || bearer.book !== book ? null : await lockDevice(tx, book, bearer.id, userId);
  const isRight = deps.keyring.isDigest(DEVICE_DIGEST, bearer?.secretHalf ?? '', row?.digest ?? Buffer.alloc(32));
  if (bearer === null || row === null || !isRight) return null;
  await updateDeviceUsed(tx, book, row.id, readName(facts), deps.clock.now());
  return { id: row.id, newSince: row.newSince, token: bearerText(row.id, bearer.secretHalf), isFresh: false };
}

/** Whose device this cookie is of; null for a removed one and for whatever is none. */
export async function findDeviceOwner(deps: UsersDeps, deviceToken: string): Promise<UserId | null> {
  const bearer = readBearer('dev', deviceToken);
  const row = bearer === null || bearer.book !== deps.book ? null : await findDevice(deps.sql, bearer.book, bearer.id);
  const isRight = deps.keyring.isDigest(DEVICE_DIGEST, bearer?.secretHalf ?? '', row?.digest ?? Buffer.alloc(32));
  return row !== null && isRight ? row.userId : null;
}

async function addDevice(
  deps: UsersDeps,
  tx: Tx,
  { book, userId }: { book: number; userId: UserId },
  facts: DeviceFacts,
): Promise<SignInDevice> {
  const id = newId('dev', deps, book);
  const secretHalf = newSecretHalf(deps.random);
  const createdAt = deps.clock.now();
  const digest = deps.keyring.digest(DEVICE_DIGEST, secretHalf);
  await insertDevice(tx, { book, id, userId, name: readName(facts), digest, createdAt });
  return { id, newSince: createdAt, token: bearerText(id, secretHalf), isFresh: true };
}

export async function signOut(deps: UsersDeps, session: Session): Promise<void> {
  const { book, userId, id } = session;
  await deps.sql.begin(async (tx) => {
    if (await endSession(tx, book, id, deps.clock.now()))
      await audit(deps, tx, [{ book, userId, event: 'session.ended', facts: { session_id: id } }]);
  });
}

/** `exceptThis` keeps the session that asks. */
export async function signOutEverywhere(deps: UsersDeps, tx: Tx, session: Session, exceptThis: boolean): Promise<void> {
  const { book, userId } = session;
  const which = { deviceId: null, exceptId: exceptThis ? session.id : null };
  const count = await endSessions(tx, book, userId, which, deps.clock.now());
  await audit(deps, tx, [{ book, userId, event: 'session.all_ended', facts: { count } }]);
}

export async function listDevices(deps: UsersDeps, session: Session): Promise<Device[]> {
  const rows = await listDeviceRows(deps.sql, session.book, session.userId, DEVICES_SHOWN_MAX);
  return rows.map(({ id, name, createdAt, lastUsedAt }) => {
    return { id, name, isThis: id === session.deviceId, createdAt, lastUsedAt };
  });
}

/** The device and its sessions, in one transaction. Another person's is not there. @throws Refusal not_found */
export async function removeDevice(deps: UsersDeps, session: Session, deviceId: string): Promise<void> {
  const { book, userId } = session;
  const now = deps.clock.now();
  await deps.sql.begin(async (tx) => {
    if (!(await removeDeviceRow(tx, book, deviceId, userId, now)))
      throw new Refusal('not_found', 'there is no such device');
    await endSessions(tx, book, userId, { deviceId, exceptId: null }, now);
    await audit(deps, tx, [{ book, userId, event: 'device.removed', facts: { device_id: deviceId } }]);
  });
}

function isNewDevice(since: Date, now: Date): boolean {
  return secondsBetween(since, now) < DEVICE_NEW_SECONDS;
}

function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}

function readName(facts: DeviceFacts): string {
  const name = facts.deviceName
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .trim()
    .slice(0, DEVICE_NAME_CHARS_MAX)
    .toWellFormed();
  return name === '' ? (facts.lang === 'zh-CN' ? '未命名设备' : 'Unnamed device') : name;
}
