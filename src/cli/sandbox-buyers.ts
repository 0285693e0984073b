import type { BankSandbox } from '../sandbox/bank/bank.ts';
import { CardNumber } from '../base/card-number.ts';
import type { TestBuyer } from '../payer/payer-deps.ts';
import { CliError } from './command.ts';
import type { WalletServer } from './wallet-server.ts';

/*
 * Who pays in the sandbox when the Open Wallet Protocol's test hooks are called: two pretend people who sign up and bind a card as
 * anybody does. One has money, the other has none.
 */

interface Role {
  phone: string;
  name: string;
  balanceFen: bigint;
}

const ROLES: Record<'pays' | 'declines', Role> = {
  pays: { phone: '13900000001', name: '付款人', balanceFen: 10_000_000_000n },
  declines: { phone: '13900000002', name: '没钱人', balanceFen: 0n },
};
const BANK = 'ICBC';

export interface TestBuyersDeps {
  wallet: Pick<WalletServer, 'users' | 'cards' | 'sql' | 'book'>;
  bank: BankSandbox;
  /** The newest code that came to a phone after `work`. */
  readCode: (phone: string, work: () => Promise<unknown>) => Promise<string>;
}

/** Signs both up at the first call; later calls answer the same two. */
export function createTestBuyers(open: () => TestBuyersDeps): () => Promise<Record<'pays' | 'declines', TestBuyer>> {
  let made: Promise<Record<'pays' | 'declines', TestBuyer>> | null = null;
  return () => {
    made ??= makeBoth(open()).catch((error: unknown) => {
      made = null; // the next call tries again
      throw error;
    });
    return made;
  };
}

async function makeBoth(deps: TestBuyersDeps): Promise<Record<'pays' | 'declines', TestBuyer>> {
  return { pays: await makeBuyer(deps, ROLES.pays), declines: await makeBuyer(deps, ROLES.declines) };
}

async function makeBuyer({ wallet, bank, readCode }: TestBuyersDeps, role: Role): Promise<TestBuyer> {
  const { phone, name, balanceFen } = role;
  const known = bank.people().find(({ person }) => person.phone === phone);
  const { person, cards } =
    known ?? bank.addPerson({ name, phone, cards: [{ bank: BANK, kind: 'debit', balanceFen, limits: 'none' }] });
  const device = { deviceName: 'test hooks', lang: 'zh-CN' as const, deviceToken: null };
  let codeId = '';
  const code = await readCode(phone, async () => {
    ({ codeId } = await wallet.users.startSignIn({ phone, lang: 'zh-CN', origin: 'test hooks' }));
  });
  const { session } = await wallet.users.finishSignIn({ ...device, codeId, phone, code });
  const [bound] = await wallet.cards.list(wallet.sql, wallet.book, session.userId);
  if (bound !== undefined) return { userId: session.userId, cardId: bound.id };
  const number = CardNumber.read(cards[0]?.number);
  if (number === null) throw new CliError('The pretend bank gave the test buyer no card.');
  let bindingId = '';
  const bindCode = await readCode(phone, async () => {
    const input = { number, phone, name: person.name, idNumber: person.idNumber };
    ({ bindingId } = await wallet.cards.startBinding(session, input));
  });
  const card = await wallet.cards.finishBinding(session, { bindingId, code: bindCode });
  return { userId: session.userId, cardId: card.id };
}
