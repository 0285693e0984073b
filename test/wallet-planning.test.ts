import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './server.ts';
import { startWalletServer, type WalletTestServer } from './wallet-server.ts';

const PHONE = '13811112222';

let server: WalletTestServer;
beforeAll(async () => {
  server = await startWalletServer();
});
afterAll(() => server.close());

test('the next transfer is planned by what is left on the cards, not by what was there a moment ago', async () => {
  const person = server.bank.addPerson({
    name: '林一',
    phone: PHONE,
    cards: ['ICBC', 'ABC'].map((bank) => ({ bank, kind: 'debit', balanceFen: 50_000n })),
  });
  const payee = server.bank.addPerson({ name: '周二', phone: '13811113333', cards: [{ bank: 'CMB', kind: 'debit' }] });
  const browser = await server.signUp(PHONE);
  const cardIds = [await server.bind(browser, person, 0), await server.bind(browser, person, 1)];

  const send = async (): Promise<string[]> => {
    const quote = await browser.call('POST /api/quotes', {
      body: {
        kind: 'transfer',
        from_card_ids: null,
        payee: { kind: 'card', number: payee.cards[0]?.number ?? '', name: payee.person.name },
        amount: { currency: 'CNY', minor: '40000' },
        arrival: 'instant',
        note: '',
      },
    });
    const proof = await browser.prove({ kind: 'transfer', subject: quote.quote_id, detail: null }, PHONE);
    const { data } = await browser.call('POST /api/transfers', { body: { quote_id: quote.quote_id, proof } });
    for (const { move_id: id } of data)
      await eventually('the transfer to succeed', async () => {
        const move = await browser.call('GET /api/transfers/:id', { params: { id } });
        expect(move.state).not.toBe('failed');
        return move.state === 'succeeded';
      });
    return quote.parts.map(({ from_card_id: from }) => from);
  };
  // Both balances are known, and young enough to be repeated, when the second transfer is planned.
  expect([await send(), await send()]).toEqual(cardIds.map((id) => [id]));
});
