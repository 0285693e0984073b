import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { systemRandom } from '../base/random.ts';
import { Secret } from '../base/secret.ts';
import { codeOf, GOOD_PIN, refusalOf } from '../users/test-people.ts';
import { openCardVault } from '../vault/open-card-vault.ts';
import { rotateVault, vaultStatus } from '../vault/rotate.ts';
import { numberOf, openCardsWorld, type Somebody } from './test-cards.ts';

const { sql } = await freshDatabase();
const world = await openCardsWorld(sql);
const { cards, people } = world;
const { clock } = people;
const HOUR_MS = 3_600_000;
const listOf = ({ session }: Somebody) => cards.list(sql, session.book, session.userId);

describe('the default card', () => {
  test('is the first one, then the chosen one, and exactly one at any time', async () => {
    const who = await world.somebody();
    const one = await world.bind(who, world.issue('ICBC', who.identity));
    const two = await world.bind(who, world.issue('CMB', who.identity));
    expect([one.isDefault, two.isDefault]).toEqual([true, false]);
    expect((await cards.setDefault(who.session, two.id)).isDefault).toBe(true);
    await Promise.all(
      Array.from({ length: 20 }, (_, no) => cards.setDefault(who.session, no % 2 === 0 ? one.id : two.id)),
    );
    expect((await listOf(who)).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  test('passes on when it is unbound, to a debit card first, and is gone with the last card', async () => {
    const who = await world.somebody();
    const one = await world.bind(who, world.issue('ICBC', who.identity));
    const credit = await world.bind(who, world.issue('CMB', who.identity, { isCredit: true }));
    const debit = await world.bind(who, world.issue('ABC', who.identity));
    expect(credit.kind).toBe('credit');
    await world.unbind(who, one.id);
    expect((await listOf(who)).map(({ id, isDefault }) => [id, isDefault])).toEqual([
      [debit.id, true],
      [credit.id, false],
    ]);
    await world.unbind(who, debit.id);
    await world.unbind(who, credit.id);
    expect(await listOf(who)).toEqual([]);
  });

  test('is kept by the table: not none while there are cards, not an unbound one, not another person’s', async () => {
    const [who, friend] = [await world.somebody(), await world.somebody()];
    const card = await world.bind(who, world.issue('ICBC', who.identity));
    const foreign = await world.bind(friend, world.issue('ICBC', friend.identity));
    const { userId } = who.session;
    await expect(sql`update card_holders set default_card_id = null where user_id = ${userId}`).rejects.toThrow(
      /one_default/,
    );
    await expect(
      sql`update card_holders set default_card_id = ${foreign.id} where user_id = ${userId}`,
    ).rejects.toThrow(/the_default_is/);
    await expect(
      sql`update cards set state = 'unbound', unbound_at = now(), erase_at = now() where id = ${card.id}`,
    ).rejects.toThrow(/the_default_is/);
  });

  test('for money that comes by phone number is a debit card', async () => {
    const who = await world.somebody();
    const { book, userId } = who.session;
    expect(await cards.receivingCard(sql, book, userId)).toBeNull();
    await world.bind(who, world.issue('CMB', who.identity, { isCredit: true }));
    expect(await cards.receivingCard(sql, book, userId)).toBeNull();
    const debit = await world.bind(who, world.issue('ICBC', who.identity));
    expect((await cards.receivingCard(sql, book, userId))?.id).toBe(debit.id);
  });
});

describe('a name for a card', () => {
  test('is text, whatever it looks like, and can be taken off again', async () => {
    const who = await world.somebody();
    const { id } = await world.bind(who, world.issue('ICBC', who.identity));
    for (const alias of ['工资卡', '<b>x</b>', "'; drop table", '=1+1', ''])
      expect((await cards.rename(who.session, id, alias)).alias).toBe(alias);
    for (const alias of ['a\r\nb', 'a'.repeat(21), '\u202e', 'x\u0000'])
      expect(await codeOf(cards.rename(who.session, id, alias))).toBe('invalid_request');
  });
});

describe('another person’s card', () => {
  test('is as absent as one that was never there, in everything that takes a card', async () => {
    const [who, thief] = [await world.somebody(), await world.somebody()];
    const card = await world.bind(who, world.issue('ICBC', who.identity));
    const { session } = thief;
    for (const id of [card.id, 'card_00000000000000000000000000', 'card_', '', "card_' or 1=1--", '\u0000'])
      for (const work of [
        () => cards.rename(session, id, 'x'),
        () => cards.setDefault(session, id),
        () => cards.unbindAct(session, id),
        () => cards.unbind(session, id, null),
      ]) {
        const refusal = await refusalOf(work());
        expect([refusal?.code, refusal?.message], id).toEqual(['not_found', 'there is no such card']);
      }
    expect(await listOf(who)).toEqual([card]);
  });
});

describe('unbinding', () => {
  test('wants a proof of this very act', async () => {
    const who = await world.somebody();
    const [one, two] = [
      await world.bind(who, world.issue('ICBC', who.identity)),
      await world.bind(who, world.issue('CMB', who.identity)),
    ];
    const act = await cards.unbindAct(who.session, one.id);
    expect(act).toEqual({ kind: 'unbind_card', subject: one.id, amount: null, payee: '' });
    expect(await codeOf(cards.unbind(who.session, one.id, null))).toBe('step_up_required');
    const { proofId } = await people.users.offerProof(who.session, act, 'pin');
    const { token } = await people.users.proveAct(who.session, proofId, { pin: GOOD_PIN, code: null, passkey: null });
    expect(await codeOf(cards.unbind(who.session, two.id, token)), 'another card').toBe('step_up_invalid');
    expect(await codeOf(cards.unbind(who.session, one.id, token))).toBe('done');
    expect(await codeOf(cards.unbind(who.session, one.id, token)), 'again').toBe('not_found');
  });

  test('is refused while money of the card is under way, and leaves the proof unused', async () => {
    const who = await world.somebody();
    const card = await world.bind(who, world.issue('ICBC', who.identity));
    world.inUse.add(card.id);
    const { proofId } = await people.users.offerProof(who.session, await cards.unbindAct(who.session, card.id), 'pin');
    const { token } = await people.users.proveAct(who.session, proofId, { pin: GOOD_PIN, code: null, passkey: null });
    expect(await codeOf(cards.unbind(who.session, card.id, token))).toBe('card_in_use');
    world.inUse.delete(card.id);
    expect(await codeOf(cards.unbind(who.session, card.id, token))).toBe('done');
  });

  test('closes the card at once and destroys its number within a day; the row stays', async () => {
    const who = await world.somebody();
    const card = await world.bind(who, world.issue('ICBC', who.identity));
    await world.unbind(who, card.id);
    expect((await cards.open(sql, who.session.book, [card.id])).size).toBe(0);
    const read = () => sql`
      select number_sealed is null and holder_sealed is null and number_index is null as gone, last4, erased_at
      from cards where id = ${card.id}`;
    clock.advanceMs(21 * HOUR_MS);
    await cards.sweep();
    expect((await read())[0]).toMatchObject({ gone: false });
    clock.advanceMs(2 * HOUR_MS);
    expect(await cards.sweep()).toBeGreaterThan(0);
    expect((await read())[0]).toMatchObject({ gone: true, last4: card.last4 });
    expect(await cards.sweep()).toBe(0);
  });

  test('and binding again makes a card with another id', async () => {
    const who = await world.somebody();
    const issued = world.issue('ICBC', who.identity);
    const first = await world.bind(who, issued);
    await world.unbind(who, first.id);
    const second = await world.bind(who, issued);
    expect(second.id).not.toBe(first.id);
    expect(second.isDefault).toBe(true);
  });
});

describe('a sealed number', () => {
  test('swapped with another row does not open, in either place, loudly, and takes no other card with it', async () => {
    const who = await world.somebody();
    const well = await world.bind(who, world.issue('ABC', who.identity));
    const [one, two] = [
      await world.bind(who, world.issue('ICBC', who.identity)),
      await world.bind(who, world.issue('CMB', who.identity)),
    ];
    await sql`
      update cards c set number_sealed = other.number_sealed
      from cards other
      where c.id in (${one.id}, ${two.id}) and other.id in (${one.id}, ${two.id}) and other.id <> c.id`;
    const lines = people.logged.length;
    const opened = await cards.open(sql, who.session.book, [one.id, two.id, well.id]);
    expect([...opened.keys()]).toEqual([well.id]);
    expect(people.logged.slice(lines).filter((line) => line.includes('does not open'))).toHaveLength(2);
    const balances = await cards.balances(who.session, { isFresh: true });
    expect(balances.map(({ kind }) => kind).sort()).toEqual(['answered', 'unknown', 'unknown']);
    await sql`
      update cards c set number_sealed = other.number_sealed
      from cards other
      where c.id in (${one.id}, ${two.id}) and other.id in (${one.id}, ${two.id}) and other.id <> c.id`;
    expect((await cards.open(sql, who.session.book, [one.id, two.id])).size).toBe(2);
  });

  test('is found again under a new master secret, before and after its index was made anew', async () => {
    const { random, log } = world.deps;
    const masters = people.deps.masters;
    const who = await world.somebody();
    const issued = world.issue('ICBC', who.identity);
    await world.bind(who, issued);
    const fresh = new Secret(systemRandom.bytes(32).toString('base64'));
    const vault = await openCardVault({ sql, random, log, masters: [fresh, ...masters] });
    const users = people.openAnother({ vault });
    const next = await world.openAnother({ vault, users });
    const rebind = () => next.startBinding(who.session, { number: numberOf(issued), ...who.identity });
    expect(await codeOf(rebind())).toBe('card_already_bound');
    const before = await vaultStatus({ sql, vault, indexed: [next.indexed] });
    expect(before.indexesLeft[0]?.count).toBeGreaterThan(0);
    while ((await rotateVault({ sql, vault, indexed: [next.indexed] })) > 0);
    expect(await vaultStatus({ sql, vault, indexed: [next.indexed] })).toMatchObject({ isDone: true });
    const alone = await openCardVault({ sql, random, log, masters: [fresh] });
    const last = await world.openAnother({ vault: alone, users: people.openAnother({ vault: alone }) });
    expect(await codeOf(last.startBinding(who.session, { number: numberOf(issued), ...who.identity }))).toBe(
      'card_already_bound',
    );
    const all = await sql<{ id: string }[]>`select id from cards where state = 'bound'`;
    const opened = await last.open(
      sql,
      who.session.book,
      all.map(({ id }) => id),
    );
    expect(opened.size).toBe(all.length);
  });
});
