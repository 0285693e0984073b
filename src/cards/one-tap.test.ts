import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { codeOf } from '../users/test-people.ts';
import { openCardsWorld, type Somebody } from './test-cards.ts';

const { sql } = await freshDatabase();
const world = await openCardsWorld(sql);
const { cards, people, rail } = world;

async function find(who: Somebody) {
  world.aMinuteLater();
  const { requestId, banks } = await cards.findIssuers(who.session, who.identity);
  return { requestId, banks: banks.map(({ bank }) => bank) };
}
const codeFor = (who: Somebody) => people.lastCode(who.identity.phone);

describe('one tap', () => {
  test('finds the banks, then the cards, and binds those that were picked after one code', async () => {
    const who = await world.somebody();
    const icbc = world.issue('ICBC', who.identity, { accountClass: 2 });
    const credit = world.issue('CMB', who.identity, { isCredit: true });
    const other = world.issue('CMB', who.identity);
    world.issue('ABC', { ...who.identity, phone: people.aPhone() });
    const { requestId, banks } = await find(who);
    expect(banks).toEqual(['ICBC', 'CMB']);
    const found = await cards.findCards(who.session, { requestId, banks });
    expect(found.cards.map(({ bank, kind, last4 }) => [bank, kind, last4])).toEqual([
      ['ICBC', 'debit', icbc.number.slice(-4)],
      ['CMB', 'credit', credit.number.slice(-4)],
      ['CMB', 'debit', other.number.slice(-4)],
    ]);
    expect(JSON.stringify(found)).not.toContain(icbc.number);
    const picks = found.cards.slice(0, 2).map(({ pick }) => pick);
    const bound = await cards.bindFound(who.session, { requestId, picks, code: codeFor(who) });
    expect(bound.map(({ bank, kind, accountClass, isDefault }) => [bank, kind, accountClass, isDefault])).toEqual([
      ['ICBC', 'debit', 2, true],
      ['CMB', 'credit', 1, false],
    ]);
    expect(await codeOf(cards.bindFound(who.session, { requestId, picks, code: codeFor(who) }))).toBe('not_found');

    const again = await find(who);
    const seen = await cards.findCards(who.session, again);
    expect(seen.cards.map(({ isBound }) => isBound)).toEqual([true, true, false]);
    const all = seen.cards.map(({ pick }) => pick);
    expect(
      await cards.bindFound(who.session, { requestId: again.requestId, picks: all, code: codeFor(who) }),
    ).toHaveLength(1);
    expect(await cards.list(sql, who.session.book, who.session.userId)).toHaveLength(3);
  });

  test('tells nothing to whoever gives another ID number, and counts it', async () => {
    const [who, friend] = [await world.somebody(), await world.somebody('李四')];
    world.issue('ICBC', who.identity);
    const guess = { name: who.identity.name, idNumber: friend.identity.idNumber };
    for (let no = 0; no < 5; no++) expect(await codeOf(cards.findIssuers(who.session, guess))).toBe('details_differ');
    expect(await codeOf(cards.findIssuers(who.session, who.identity))).toBe('too_many_tries');
  });

  test('for another identity than the known one is refused even where banks would know it', async () => {
    const who = await world.somebody();
    await world.bind(who, world.issue('ICBC', who.identity));
    const friend = { ...(await world.somebody('李四')).identity, phone: who.identity.phone };
    world.issue('CMB', friend);
    expect(await codeOf(cards.findIssuers(who.session, friend))).toBe('details_differ');
  });

  test('shows the cards of banks that answer when another one is silent', async () => {
    const who = await world.somebody();
    world.issue('ICBC', who.identity);
    world.issue('CMB', who.identity);
    const { requestId, banks } = await find(who);
    rail.deaf.add('03080000');
    const found = await cards.findCards(who.session, { requestId, banks });
    expect(found.cards.map(({ bank }) => bank)).toEqual(['ICBC']);
    world.aMinuteLater();
    expect(await codeOf(cards.findCards(who.session, { requestId, banks: ['CMB'] }))).toBe('bank_unavailable');
    rail.deaf.clear();
  });

  test('that the switch does not answer is told as such and not counted', async () => {
    const who = await world.somebody();
    world.issue('ICBC', who.identity);
    rail.deaf.add('switch');
    for (let no = 0; no < 6; no++)
      expect(await codeOf(cards.findIssuers(who.session, who.identity))).toBe('bank_unavailable');
    rail.deaf.clear();
    expect(await codeOf(cards.findIssuers(who.session, who.identity))).toBe('done');
  });

  test('takes only banks and cards that were found, only from the one who asked, and leaves out lost cards', async () => {
    const [who, thief] = [await world.somebody(), await world.somebody('李四')];
    world.issue('ICBC', who.identity);
    world.issue('ICBC', who.identity, { mood: 'lost' });
    const { requestId } = await find(who);
    expect(await codeOf(cards.findCards(who.session, { requestId, banks: ['ABC'] }))).toBe('invalid_request');
    expect(await codeOf(cards.findCards(who.session, { requestId, banks: [] }))).toBe('invalid_request');
    expect(await codeOf(cards.findCards(thief.session, { requestId, banks: ['ICBC'] }))).toBe('not_found');
    const early = { requestId, picks: ['c1'], code: '000000' };
    expect(await codeOf(cards.bindFound(who.session, early)), 'before any card was found').toBe('invalid_request');
    const found = await cards.findCards(who.session, { requestId, banks: ['ICBC'] });
    expect(found.cards).toHaveLength(1);
    const code = codeFor(who);
    for (const picks of [[], ['c2'], ['c1', 'c2'], ['__proto__']])
      expect(await codeOf(cards.bindFound(who.session, { requestId, picks, code }))).toBe('invalid_request');
    expect(await codeOf(cards.bindFound(thief.session, { requestId, picks: ['c1'], code }))).toBe('not_found');
    expect(await codeOf(cards.bindFound(who.session, { requestId, picks: ['c1'], code: '' }))).toBe('code_wrong');
    expect(await cards.bindFound(who.session, { requestId, picks: ['c1'], code })).toHaveLength(1);
  });

  test('of a binding’s id, and a binding of one tap’s, is nothing', async () => {
    const who = await world.somebody();
    const card = world.issue('ICBC', who.identity);
    const { requestId } = await find(who);
    expect(await codeOf(cards.finishBinding(who.session, { bindingId: requestId, code: '000000' }))).toBe('not_found');
    world.aMinuteLater();
    const { bindingId } = await world.start(who, card);
    const picks = { requestId: bindingId, picks: ['c1'], code: codeFor(who) };
    expect(await codeOf(cards.bindFound(who.session, picks))).toBe('not_found');
  });

  test('binds once when two devices tap at once', async () => {
    const who = await world.somebody();
    world.issue('ICBC', who.identity);
    const { requestId, banks } = await find(who);
    await cards.findCards(who.session, { requestId, banks });
    const input = { requestId, picks: ['c1'], code: codeFor(who) };
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(cards.bindFound(who.session, input))));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    expect(await cards.list(sql, who.session.book, who.session.userId)).toHaveLength(1);
  });
});
