import { beforeAll, describe, expect, test } from 'vitest';
import { freshDatabase } from '../../../test/database.ts';
import { silentLog } from '../../base/log.ts';
import { systemRandom } from '../../base/random.ts';
import { Refusal } from '../../base/refusal.ts';
import { Secret } from '../../base/secret.ts';
import { type MovesWorld, openMovesWorld, type Payer } from '../../transfers/test-moves.ts';
import { codeOf } from '../../users/test-people.ts';
import { createKeyring } from '../../vault/seal.ts';
import { openLinks } from '../open-links.ts';
import type { LinksDeps } from '../links-deps.ts';
import { startHoldWork } from './look-at-holds.ts';
import { type Collection, type Collections, type NewCollection, openCollections } from './collections.ts';

let world: MovesWorld;
let collections: Collections;
let opened: Parameters<typeof openCollections>[0];
let working: Parameters<typeof startHoldWork>[0];

beforeAll(async () => {
  world = await openMovesWorld(await freshDatabase());
  world.transfers.startWork();
  const deps: LinksDeps = {
    ...world.deps,
    log: silentLog,
    random: systemRandom,
    keyring: createKeyring({ random: systemRandom }, [new Secret(systemRandom.bytes(32).toString('hex'))]),
    publicUrl: 'https://pay.example',
    linkUrl: 'https://pay.example',
    isSandbox: true,
    nameOfPerson: async (userId) =>
      (await world.deps.users.readPerson(world.sql, world.deps.book, userId as Payer['session']['userId']))
        ?.nameMasked ?? // ids of links' owners
      null,
    cashier: {} as LinksDeps['cashier'], // no shop pays here
    safeFetch: {} as LinksDeps['safeFetch'], // and nobody's page is looked at
  };
  const links = openLinks(deps);
  links.startWork();
  opened = {
    ...deps,
    livemode: false,
    desk: links.desk,
    reader: links.reader,
    transfers: world.transfers,
    users: world.deps.users,
  };
  working = { ...deps, transfers: world.transfers };
  collections = openCollections(opened);
  return async () => {
    await links.stop();
    await world.transfers.stop();
    await world.checkBooks();
  };
});

let keyCount = 0;
async function begin(payee: Payer, wish: Partial<NewCollection> = {}): Promise<Collection> {
  keyCount += 1;
  return await collections.create(payee.session, {
    title: '周五聚餐',
    amountMinor: 50_00n,
    totalMinor: null,
    people: 3,
    until: null,
    key: `k${keyCount}`,
    ...wish,
  });
}
const quoteFor = async (from: Payer, { terms }: Collection) =>
  await collections.quote(from.session, terms.code, from.card.id);

/** Quotes, proves and confirms one's share. */
async function pay(from: Payer, collection: Collection) {
  const quote = await quoteFor(from, collection);
  const proof = await world.prove(from, quote);
  const [move] = await collections.pay(from.session, collection.terms.code, { quoteId: quote.id, proof });
  if (move === undefined) throw new Error('a transfer');
  return move;
}
const asked = async (who: Payer, { terms }: Collection) => await collections.asked(who.session, terms.code);

describe('a collection', () => {
  test('is paid by transfers to the card of whoever collects, and counts who has paid', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [a, b] = [await world.payer('CMB', 100_00n), await world.payer('ABC', 100_00n)];
    const collection = await begin(payee, { people: 2 });
    expect(await asked(a, collection)).toMatchObject({ state: 'open', amountMinor: 50_00n, people: 2, paidCount: 0 });
    const move = await pay(a, collection);
    expect((await asked(a, collection)).state).toBe('under_way');
    await world.untilEnded(move.id);
    expect((await asked(a, collection)).state).toBe('paid');
    await world.untilEnded((await pay(b, collection)).id);
    const done = await collections.get(payee.session, collection.terms.linkId);
    expect(done.payers).toEqual([
      { name: expect.stringContaining('*'), amountMinor: 50_00n, state: 'paid' },
      { name: expect.stringContaining('*'), amountMinor: 50_00n, state: 'paid' },
    ]);
    expect([world.balance(a), world.balance(b), world.balance(payee)]).toEqual([50_00n, 50_00n, 100_00n]);
    const late = await world.payer('CMB', 100_00n);
    expect((await asked(late, collection)).state).toBe('complete');
    expect(await codeOf(quoteFor(late, collection))).toBe('link_paid');
  });

  test('tells payers nothing of the payee but a shortened name, also in what they prove', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 100_00n);
    const collection = await begin(payee);
    const seen = JSON.stringify(
      [await asked(from, collection), await quoteFor(from, collection)],
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
    const person = await world.deps.users.readPerson(world.sql, world.deps.book, payee.session.userId);
    expect(seen).not.toContain(person?.phone.slice(-4));
    expect(seen).not.toContain(person?.name);
    expect(seen).not.toContain(payee.card.last4);
    expect(seen).toContain(person?.nameMasked);
  });

  test('split from a total sums to it, whoever pays which share', async () => {
    const payee = await world.payer('ICBC', 0n);
    const collection = await begin(payee, { amountMinor: null, totalMinor: 100_00n, people: 3 });
    for (let i = 0; i < 3; i++) {
      const from = await world.payer('CMB', 100_00n);
      await world.untilEnded((await pay(from, collection)).id);
    }
    expect(world.balance(payee)).toBe(100_00n);
  });

  test('sent twice is made once', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [a, b] = await Promise.all([begin(payee, { key: 'same' }), begin(payee, { key: 'same' })]);
    expect(a.terms.linkId).toBe(b.terms.linkId);
    expect(await collections.list(payee.session, { before: null, itemsMax: 10 })).toHaveLength(1);
  });

  test.each([
    ['nothing to pay', { amountMinor: null }],
    ['both amounts', { totalMinor: 1n }],
    ['nobody', { people: 0 }],
    ['too many', { people: 101 }],
    ['less than a fen each', { amountMinor: null, totalMinor: 2n, people: 3 }],
    ['no title', { title: ' ' }],
    ['an end that is over', { until: new Date('2020-01-01T00:00:00Z') }],
  ])('with %s is refused', async (_, wish) => {
    expect(await codeOf(begin(await world.payer('ICBC', 0n), wish))).toBe('invalid_request');
  });
});

describe('a share', () => {
  test('is paid once by each: whoever has paid is refused another', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 200_00n);
    const collection = await begin(payee);
    await world.untilEnded((await pay(from, collection)).id);
    expect(await codeOf(pay(from, collection))).toBe('link_paid');
    expect(world.balance(from)).toBe(150_00n);
  });

  test('of two quotes confirmed at once makes one transfer', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 200_00n);
    const collection = await begin(payee);
    const quotes = [await quoteFor(from, collection), await quoteFor(from, collection)];
    const results = await Promise.all(
      quotes.map(async (quote) => {
        const proof = await world.prove(from, quote);
        return await codeOf(collections.pay(from.session, collection.terms.code, { quoteId: quote.id, proof }));
      }),
    );
    expect([...results].sort()).toEqual(['done', 'link_paid']);
    expect(await world.sql`select from moves where user_id = ${from.session.userId}`).toHaveLength(1);
  });

  test('confirmed again with the same quote is told again, and moves nothing more', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 200_00n);
    const collection = await begin(payee);
    const quote = await quoteFor(from, collection);
    const proof = await world.prove(from, quote);
    const send = async () =>
      (await collections.pay(from.session, collection.terms.code, { quoteId: quote.id, proof }))[0]?.id;
    const first = await send();
    expect(await send()).toBe(first);
    await world.untilEnded(first ?? 'tr_');
    expect(world.balance(from)).toBe(150_00n);
  });

  test('is kept while its quote is good, and free again when nobody confirmed', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [a, b] = [await world.payer('CMB', 100_00n), await world.payer('ABC', 100_00n)];
    const collection = await begin(payee, { people: 1 });
    const quote = await quoteFor(a, collection);
    expect((await asked(b, collection)).state).toBe('busy');
    expect(await codeOf(quoteFor(b, collection))).toBe('link_busy');
    const proof = await world.prove(a, quote);
    world.clock.advanceMs(421_000);
    await world.untilEnded((await pay(b, collection)).id);
    expect(await codeOf(collections.pay(a.session, collection.terms.code, { quoteId: quote.id, proof }))).toBe(
      'quote_expired',
    );
    expect([world.balance(a), world.balance(payee)]).toEqual([100_00n, 50_00n]);
  });

  test('is kept for who asked twice at once and was refused one quote', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [a, b] = [await world.payer('CMB', 100_00n), await world.payer('ABC', 100_00n)];
    const collection = await begin(payee, { people: 1 });
    const refusing = openCollections({
      ...opened,
      transfers: {
        ...world.transfers,
        async quote() {
          await quoteFor(a, collection); // the other tap, between the share and the answer to this one
          throw new Refusal('too_many_tries', 'enough');
        },
      },
    });
    const { code } = collection.terms;
    expect(await codeOf(refusing.quote(a.session, code, a.card.id))).toBe('too_many_tries');
    expect(await codeOf(quoteFor(b, collection))).toBe('link_busy');
    const none = openCollections({
      ...opened,
      transfers: { ...world.transfers, quote: () => Promise.reject(new Refusal('too_many_tries', 'enough')) },
    });
    const second = await begin(payee, { people: 1 });
    expect(await codeOf(none.quote(a.session, second.terms.code, a.card.id))).toBe('too_many_tries');
    expect(await codeOf(quoteFor(b, second))).toBe('done');
  });

  test('is given back by a transfer that the bank refuses', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [poor, rich] = [await world.payer('CMB', 1_00n), await world.payer('ABC', 100_00n)];
    const collection = await begin(payee, { people: 1 });
    const move = await world.untilEnded((await pay(poor, collection)).id);
    expect(move).toMatchObject({ state: 'failed', failure: 'insufficient_funds' });
    await world.untilEnded((await pay(rich, collection)).id);
    expect(world.balance(payee)).toBe(50_00n);
    expect((await collections.get(payee.session, collection.terms.linkId)).payers).toHaveLength(1);
  });

  test('keeps its place while nobody knows whether the bank has paid', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [first, second] = [await world.payer('CMB', 100_00n), await world.payer('ABC', 100_00n)];
    const collection = await begin(payee, { people: 1 });
    world.bank.script('credit', 'request_lost');
    const move = await pay(first, collection);
    expect(await codeOf(quoteFor(second, collection))).toBe('link_busy');
    expect((await asked(first, collection)).state).toBe('under_way');
    await world.untilEnded(move.id);
    expect(await codeOf(quoteFor(second, collection))).toBe('link_paid');
    expect(world.balance(payee)).toBe(50_00n);
  });

  test('of ten, wanted by thirty people at once, is taken by ten', async () => {
    const payee = await world.payer('ICBC', 0n);
    const people: Payer[] = [];
    for (let i = 0; i < 30; i++) people.push(await world.payer('CMB', 10_00n));
    const collection = await begin(payee, { people: 10, amountMinor: 1_00n });
    const results = await Promise.all(people.map((from) => codeOf(quoteFor(from, collection))));
    expect(results.filter((result) => result === 'done')).toHaveLength(10);
    expect(new Set(results)).toEqual(new Set(['done', 'link_busy']));
  });

  test('is never paid past its collection: confirmed as a transfer of its own it is refused, and moves nothing', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 200_00n);
    const collection = await begin(payee);
    const quote = await quoteFor(from, collection);
    const proof = await world.prove(from, quote);
    const sent = { quoteId: quote.id, proof, key: 'of-the-app' };
    expect(await codeOf(world.transfers.confirm(from.session, sent))).toBe('quote_bound');
    expect(await world.sql`select from moves where user_id = ${from.session.userId}`).toHaveLength(0);
    // The proof is not used up either: it is confirmed where it counts.
    const [move] = await collections.pay(from.session, collection.terms.code, { quoteId: quote.id, proof });
    await world.untilEnded(move?.id ?? 'tr_');
    expect((await asked(from, collection)).state).toBe('paid');
    expect(await codeOf(world.transfers.confirm(from.session, sent))).toBe('quote_bound');
    expect(world.balance(from)).toBe(150_00n);
  });

  test('that was given back and is asked for again needs a new quote', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 200_00n);
    const collection = await begin(payee);
    const old = await quoteFor(from, collection);
    world.clock.advanceMs(421_000);
    const quote = await quoteFor(from, collection);
    const send = async (quoteId: string, proof: string | null) =>
      await codeOf(collections.pay(from.session, collection.terms.code, { quoteId, proof }));
    expect(await send(old.id, null)).toBe('quote_expired');
    expect(await send(quote.id, await world.prove(from, quote))).toBe('done');
  });

  test('of somebody else’s quote, or of a quote for something else, is not paid', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [a, b] = [await world.payer('CMB', 100_00n), await world.payer('ABC', 100_00n)];
    const collection = await begin(payee);
    await quoteFor(b, collection);
    const foreign = await quoteFor(a, collection);
    const other = await world.quote(b, { kind: 'phone', phone: '13900000000' }, 50_00n);
    for (const quoteId of [foreign.id, other.id, 'quo_nothing'])
      expect(await codeOf(collections.pay(b.session, collection.terms.code, { quoteId, proof: null }))).toBe(
        'not_found',
      );
  });
});

describe('a collection that nobody looks at', () => {
  const stateOf = async ({ terms }: Collection) => {
    const [row] = await world.sql<{ states: string[]; isComplete: boolean }[]>`
      select array(select state from link_transfers where link_id = ${terms.linkId} order by place_no, asked_at) as states,
        complete_at is not null as "isComplete"
      from link_terms
      where link_id = ${terms.linkId}`;
    return row;
  };
  async function until(check: () => Promise<boolean>): Promise<void> {
    while (!(await check())) {
      world.clock.advanceMs(1000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('settles by itself, however many nodes work: paid shares are kept, what nobody confirmed is given back', async () => {
    const payee = await world.payer('ICBC', 0n);
    const [a, b] = [await world.payer('CMB', 100_00n), await world.payer('ABC', 100_00n)];
    const [whole, half] = [await begin(payee, { people: 1 }), await begin(payee, { people: 2 })];
    await world.untilEnded((await pay(a, whole)).id);
    await world.untilEnded((await pay(a, half)).id);
    await quoteFor(b, half);
    expect(await stateOf(whole)).toEqual({ states: ['open'], isComplete: false });
    const nodes = [startHoldWork(working), startHoldWork(working)];
    await until(async () => (await stateOf(half))?.states.join() === 'paid,ended');
    for (const node of nodes) await node.stop();
    expect(await stateOf(whole)).toEqual({ states: ['paid'], isComplete: true });
    expect(await stateOf(half)).toEqual({ states: ['paid', 'ended'], isComplete: false });
  });

  test('waits for a transfer that nobody knows the end of, and looks again', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 100_00n);
    const collection = await begin(payee, { people: 1 });
    world.bank.script('credit', 'request_lost');
    const move = await pay(from, collection);
    const node = startHoldWork(working);
    await until(async () => {
      const [row] = await world.sql<{ isSeen: boolean }[]>`
        select look_at > asked_at + interval '6 seconds' as "isSeen" from link_transfers where link_id = ${collection.terms.linkId}`;
      return row?.isSeen === true;
    });
    await world.untilEnded(move.id);
    await until(async () => (await stateOf(collection))?.isComplete === true);
    await node.stop();
    expect(await stateOf(collection)).toEqual({ states: ['paid'], isComplete: true });
  });
});

describe('who may what', () => {
  test('a collection that was stopped, or is over, takes nothing more', async () => {
    const payee = await world.payer('ICBC', 0n);
    const from = await world.payer('CMB', 100_00n);
    const stopped = await begin(payee);
    const quote = await quoteFor(from, stopped);
    const proof = await world.prove(from, quote);
    await collections.stop(payee.session, stopped.terms.linkId);
    expect(await codeOf(quoteFor(from, stopped))).toBe('link_not_active');
    expect(await codeOf(collections.pay(from.session, stopped.terms.code, { quoteId: quote.id, proof }))).toBe(
      'link_not_active',
    );
    const over = await begin(payee, { until: new Date(world.clock.now().getTime() + 60_000) });
    world.clock.advanceMs(60_000);
    expect(await codeOf(quoteFor(from, over))).toBe('link_not_active');
    expect((await asked(from, over)).state).toBe('over');
  });

  test('only who collects sees payers and stops; nobody pays into their own', async () => {
    const payee = await world.payer('ICBC', 100_00n);
    const stranger = await world.payer('CMB', 100_00n);
    const collection = await begin(payee);
    const { linkId } = collection.terms;
    expect(await codeOf(collections.get(stranger.session, linkId))).toBe('not_found');
    expect(await codeOf(collections.stop(stranger.session, linkId))).toBe('not_found');
    expect(await codeOf(quoteFor(payee, collection))).toBe('invalid_request');
    expect((await asked(payee, collection)).state).toBe('own');
    expect(await codeOf(collections.asked(stranger.session, 'zzzzzzzz'))).toBe('not_found');
  });
});
