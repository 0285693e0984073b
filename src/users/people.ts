import { assert } from '../base/assert.ts';
import { newId } from '../base/id.ts';
import { Refusal } from '../base/refusal.ts';
import type { Sql, Tx } from '../db/connect.ts';
import type { IndexedRows } from '../vault/rotate.ts';
import { audit } from './audit.ts';
import { maskName, maskPhone } from './mask.ts';
import { readPhone } from './phone.ts';
import type { Person, Session, UserId } from './users.ts';
import {
  countOldIndexes,
  findUser,
  findUserByPhone,
  insertUser,
  listOldIndexes,
  lockUser,
  type PhoneIndex,
  updateIdentity,
  updatePhoneIndexes,
} from './user-store.ts';
import type { UsersDeps } from './users-deps.ts';

export async function readPerson(deps: UsersDeps, sql: Sql | Tx, book: number, userId: UserId): Promise<Person | null> {
  const row = await findUser(sql, book, userId);
  if (row === null) return null;
  const { phoneSealed, nameSealed, idNumberSealed, createdAt } = row;
  const place = placesOf(book, userId);
  const sealed = [
    { place: place('phone'), sealed: phoneSealed },
    ...(nameSealed === null ? [] : [{ place: place('name'), sealed: nameSealed }]),
    ...(idNumberSealed === null ? [] : [{ place: place('id_number'), sealed: idNumberSealed }]),
  ];
  const [phone, name = null, idNumber = null] = await deps.vault.open(sql, sealed);
  assert(phone !== undefined, 'everybody has a phone');
  return {
    userId,
    phone,
    name,
    idNumber,
    nameMasked: name === null ? null : maskName(name),
    phoneMasked: maskPhone(phone),
    createdAt,
  };
}

export async function confirmIdentity(
  deps: UsersDeps,
  tx: Tx,
  book: number,
  userId: UserId,
  identity: { name: string; idNumber: string },
): Promise<void> {
  // Locked, so that two bindings at once cannot write two identities.
  assert((await lockUser(tx, book, userId)) !== null, 'a bank confirms somebody who is there');
  const person = await readPerson(deps, tx, book, userId);
  assert(person !== null, 'a locked row is there');
  const idNumber = identity.idNumber.toUpperCase();
  if (person.name !== null) {
    if (person.name === identity.name && person.idNumber === idNumber) return;
    throw new Refusal('identity_differs', 'cards of one person only can be bound here');
  }
  const place = placesOf(book, userId);
  await deps.vault.prepare(tx, book, [userId]);
  const [name, number] = await deps.vault.seal(tx, [
    { place: place('name'), text: identity.name },
    { place: place('id_number'), text: idNumber },
  ]);
  assert(name !== undefined && number !== undefined, 'the vault seals each');
  await updateIdentity(tx, book, userId, { name, idNumber: number });
  await audit(deps, tx, [{ book, userId, event: 'identity.confirmed', facts: {} }]);
}

/** One look by a keyed digest, whether or not anybody has the number. @throws Refusal invalid_request */
export async function findByPhone(deps: UsersDeps, sql: Sql | Tx, book: number, phone: string): Promise<UserId | null> {
  return await findUserByPhone(sql, book, deps.vault.textIndexesOf('phone', readPhone(phone)));
}

/** Who has this number, who has just proved to be holding it; made when new. Runs again when somebody else signs up with it meanwhile. */
export async function findOrCreateUser(
  deps: UsersDeps,
  phone: string,
  lang: Session['lang'],
): Promise<{ userId: UserId; isNewUser: boolean }> {
  const { book } = deps;
  for (;;) {
    const found = await findByPhone(deps, deps.sql, book, phone);
    if (found !== null) return { userId: found, isNewUser: false };
    try {
      return { userId: await createUser(deps, phone, lang), isNewUser: true };
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

async function createUser(deps: UsersDeps, phone: string, lang: Session['lang']): Promise<UserId> {
  const { book } = deps;
  const id = newId('usr', deps, book);
  await deps.sql.begin(async (tx) => {
    await deps.vault.prepare(tx, book, [id]);
    const [phoneSealed] = await deps.vault.seal(tx, [{ place: placesOf(book, id)('phone'), text: phone }]);
    assert(phoneSealed !== undefined, 'the vault seals each');
    const createdAt = deps.clock.now();
    await insertUser(tx, { book, id, phoneSealed, lang, createdAt, phone: newestIndex(deps, phone) });
    await audit(deps, tx, [{ book, userId: id, event: 'user.created', facts: {} }]);
  });
  return id;
}

type IndexDeps = Pick<UsersDeps, 'sql' | 'vault' | 'log' | 'book'>;

/** What a rotation of the vault's keys does to people: their phones are indexed anew. One that does not open is told, and left. */
export function indexedPeople(deps: IndexDeps): IndexedRows {
  const { sql, book } = deps;
  let afterId = '';
  return {
    name: 'people',
    countStale: (indexVersion) => countOldIndexes(sql, book, indexVersion),
    async reindex(limit) {
      const { version } = newestIndex(deps, '');
      const rows = await listOldIndexes(sql, book, version, { afterId, itemsMax: limit });
      // Behind those that do not open; from the beginning again when the end was reached.
      afterId = rows.length < limit ? '' : (rows.at(-1)?.id ?? '');
      const fresh = (await Promise.all(rows.map((row) => renewIndex(deps, row)))).filter((one) => one !== null);
      if (fresh.length > 0) await updatePhoneIndexes(sql, book, fresh);
      return fresh.length;
    },
  };
}

async function renewIndex(
  deps: IndexDeps,
  { id, phoneSealed }: { id: UserId; phoneSealed: Buffer },
): Promise<{ id: UserId; phone: PhoneIndex } | null> {
  try {
    const item = { place: placesOf(deps.book, id)('phone'), sealed: phoneSealed };
    const [phone] = await deps.vault.open(deps.sql, [item]);
    assert(phone !== undefined, 'everybody has a phone');
    return { id, phone: newestIndex(deps, phone) };
  } catch (error) {
    deps.log.error({ error, userId: id }, 'a sealed phone number does not open');
    return null;
  }
}

function newestIndex(deps: Pick<UsersDeps, 'vault'>, phone: string): PhoneIndex {
  const [newest] = deps.vault.textIndexesOf('phone', phone);
  assert(newest !== undefined, 'there is a key for indexes');
  return newest;
}

function placesOf(book: number, userId: UserId) {
  return (field: 'phone' | 'name' | 'id_number') => ({ book, userId, rowId: userId, field });
}

/** unique_violation */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '23505';
}
