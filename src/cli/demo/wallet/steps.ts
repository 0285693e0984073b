import type { Amount, Api, Card, Move } from '../../../app/api.ts';
import { formatMoney, money } from '../../../money/money.ts';
import { CliError } from '../../command.ts';
import type { Patience } from '../patience.ts';
import type { Story } from '../story.ts';
import { cardName, isOver, prove, signUp } from './person.ts';
import type { WalletDemoWorld } from './world.ts';

const PIN = '835162';
const TRANSFER_FEN = 52_000n;
const REPAY_FEN = 168_000n;
const PRICE_FEN = 12_800n;
const BACK_FEN = 2_800n;

/** Signs up, sets a PIN, finds the cards of three banks by one tap and binds them. */
export async function bindCards(world: WalletDemoWorld, story: Story): Promise<Card[]> {
  const { person, holder, codeAfter } = world;
  await story.step(
    'sign_up',
    '手机号与验证码注册，设支付密码  Sign up by phone and code, set a payment PIN',
    async () => {
      await signUp(person, { phone: holder.person.phone, lang: 'zh-CN', codeAfter });
      const me = await person.call('POST /api/pin', { body: { pin: PIN, old_pin: null } });
      return { value: me, told: { facts: { user: me.user_id, phone: me.phone_masked } } };
    },
  );
  return await story.step(
    'bind_cards',
    '一键绑卡：三家银行三张卡  Three cards of three banks, in one tap',
    async () => {
      const identity = { name: holder.person.name, id_number: holder.person.idNumber };
      const { request_id, banks } = await person.call('POST /api/one-tap', { body: identity });
      const params = { id: request_id };
      let picks: string[] = [];
      const code = await codeAfter(async () => {
        const body = { banks: banks.map(({ bank }) => bank) };
        const { cards } = await person.call('POST /api/one-tap/:id/cards', { params, body });
        picks = cards.map(({ pick }) => pick);
      });
      const { data } = await person.call('POST /api/one-tap/:id', { params, body: { picks, code } });
      if (data.length !== holder.cards.length) throw new CliError(`${data.length} cards were bound.`);
      return { value: data, told: { lines: data.map((card) => `${cardName(card)} ${card.kind}`) } };
    },
  );
}

/** All balances at once while one bank does not answer: the others are there, and the total says what is missing. */
export async function showBalances(world: WalletDemoWorld, story: Story, cards: readonly Card[]): Promise<void> {
  const { person, bank } = world;
  const look = async () => {
    const balances = await person.lines('GET /api/balances', { query: { fresh: 'true' } });
    const lines = cards.map((card) => {
      const balance = balances.find(({ card_id }) => card_id === card.card_id);
      const text = balance?.available === null ? '银行未答复 the bank has not answered' : show(balance?.available);
      return `${cardName(card)}  ${text}`;
    });
    return { balances, lines };
  };
  await story.step(
    'balances',
    '一次看全部余额，其中一家银行不答复  All balances, while one bank is silent',
    async () => {
      bank.setFault({ kind: 'drop_reply', operation: 'balance', bank: 'CMB', times: 1 });
      const { balances, lines } = await look();
      const unknown = balances.filter(({ state }) => state === 'unknown').length;
      if (unknown !== 1 || balances.length !== cards.length) throw new CliError('A silent bank hid another one.');
      return { value: undefined, told: { lines, data: { balances } } };
    },
  );
}

/** A transfer whose first bank falls silent after taking the money, and one that goes through. */
export async function transfer(
  world: WalletDemoWorld,
  story: Story,
  patience: Patience,
  cards: readonly Card[],
): Promise<void> {
  const { bank, payee } = world;
  const from = cardOf(cards, 'CMB');
  const [to] = payee.cards;
  if (to === undefined) throw new CliError('The payee has no card.');
  await story.step(
    'bank_times_out',
    '转账时付款行扣了款却不答复：冲正  A transfer whose bank takes the money and says nothing: reversed',
    async () => {
      const before = bank.balanceOf(numberOf(world, 'CMB'));
      bank.setFault({ kind: 'drop_reply', operation: 'transfer_out', bank: 'CMB', times: 1 });
      const move = await pay(world, patience, from, { kind: 'card', number: to.number, name: payee.person.name });
      const after = bank.balanceOf(numberOf(world, 'CMB'));
      if (move.state !== 'failed' || before !== after) throw new CliError('A silent bank cost somebody money.');
      return { value: undefined, told: { facts: factsOf(move) } };
    },
  );
  await story.step('transfer', '跨行转账 ¥520，零手续费  ¥520 to another bank, free', async () => {
    const move = await pay(world, patience, from, { kind: 'card', number: to.number, name: payee.person.name });
    if (move.state !== 'succeeded') throw new CliError(`The transfer is ${move.state}.`);
    return { value: undefined, told: { facts: factsOf(move) } };
  });
}

/** The credit card's whole bill, from another bank's card. */
export async function repay(
  world: WalletDemoWorld,
  story: Story,
  patience: Patience,
  cards: readonly Card[],
): Promise<void> {
  await story.step('repay', '信用卡还款  Repay the credit card', async () => {
    const target = cardOf(cards, 'SPDB');
    const move = await moveMoney(world, patience, {
      kind: 'repayment',
      from_card_ids: [cardOf(cards, 'ICBC').card_id],
      payee: { kind: 'own_card', card_id: target.card_id },
      amount: fen(REPAY_FEN),
      arrival: 'instant',
      note: '',
    });
    if (move.state !== 'succeeded') throw new CliError(`The repayment is ${move.state}.`);
    return { value: undefined, told: { facts: factsOf(move) } };
  });
}

/** A shop's order on the cashier, paid with a bound card through the Open Wallet Protocol; a part comes back. */
export async function payShop(
  world: WalletDemoWorld,
  story: Story,
  patience: Patience,
  cards: readonly Card[],
): Promise<{ paymentId: string }> {
  const { hutong, person, codeAfter } = world;
  const paymentId = await story.step('pay_shop', '在商店扫码用绑定的卡付款  Pay a shop with a bound card', async () => {
    const payment = await hutong.payments.create({
      order_no: 'WALLET-0001',
      amount: { currency: 'CNY', minor: PRICE_FEN },
      subject: '明前龙井 50 克',
      return_url: 'http://127.0.0.1:4720/orders/1',
    });
    const attempt = await hutong.payments.attempts.create(payment.id, { wallet: 'hutongwallet', scene: 'qr' });
    const text = attempt.next_action?.['text'];
    if (typeof text !== 'string') throw new CliError('The wallet gave no code to scan.');
    const scan = await person.call('POST /api/scans', { body: { text } });
    if (scan.kind !== 'order') throw new CliError('The wallet does not know its own code.');
    const card = cardOf(cards, 'ICBC');
    const { token } = await prove(
      person,
      { kind: 'purchase', subject: scan.token, detail: card.card_id },
      { pin: PIN, codeAfter },
    );
    const params = { token: scan.token };
    const body = { card_id: card.card_id, proof: token };
    await person.call('POST /api/orders/:token/pay', { params, body });
    const paid = await patience('the shop to be paid', async () => {
      const now = await hutong.payments.get(payment.id);
      return now.state === 'succeeded' ? now : null;
    });
    return {
      value: paid.id,
      told: { facts: { scanned: text, card: cardName(card), payment: paid.id, state: paid.state } },
    };
  });
  await story.step('refund', '部分退款回到卡上  A part goes back to the card', async () => {
    const { id } = await hutong.refunds.create(paymentId, {
      amount: { currency: 'CNY', minor: BACK_FEN },
      reason: '客人退一件',
      refund_no: 'WALLET-0001-R1',
    });
    const refund = await patience('the refund to arrive', async () => {
      const now = await hutong.refunds.get(id);
      return now.state === 'succeeded' ? now : null;
    });
    return { value: undefined, told: { facts: { refund: refund.id, state: refund.state } } };
  });
  return { paymentId };
}

type QuoteBody = Api['POST /api/quotes']['body'];

async function pay(world: WalletDemoWorld, patience: Patience, from: Card, payee: QuoteBody['payee']): Promise<Move> {
  const amount = fen(TRANSFER_FEN);
  const from_card_ids = [from.card_id];
  return await moveMoney(world, patience, {
    kind: 'transfer',
    from_card_ids,
    payee,
    amount,
    arrival: 'instant',
    note: '生日快乐',
  });
}

/** Quote, proof, confirmation, and then what became of it. */
async function moveMoney({ person, codeAfter }: WalletDemoWorld, patience: Patience, body: QuoteBody): Promise<Move> {
  const quote = await person.call('POST /api/quotes', { body });
  const { token } = await prove(
    person,
    { kind: quote.kind, subject: quote.quote_id, detail: null },
    { pin: PIN, codeAfter },
  );
  const { data } = await person.call('POST /api/transfers', { body: { quote_id: quote.quote_id, proof: token } });
  const [first] = data;
  if (first === undefined) throw new CliError('Nothing was moved.');
  return await patience('the bank to answer', async () => {
    const now = await person.call('GET /api/transfers/:id', { params: { id: first.move_id } });
    return isOver(now) ? now : null;
  });
}

function factsOf(move: Move): Record<string, string> {
  return {
    move: move.move_id,
    amount: show(move.amount),
    fee: show(move.fee),
    state: move.state,
    ...(move.failure === null ? {} : { why: move.failure }),
    explanation: move.explanation['zh-CN'],
    receipt_no: move.receipt_no ?? '',
  };
}

function cardOf(cards: readonly Card[], bank: string): Card {
  const card = cards.find((one) => one.bank === bank);
  if (card === undefined) throw new CliError(`No card of ${bank} is bound.`);
  return card;
}

function numberOf({ holder }: WalletDemoWorld, bank: string): string {
  const card = holder.cards.find((one) => one.bank === bank);
  if (card === undefined) throw new CliError(`${bank} has no such card.`);
  return card.number;
}

const fen = (minor: bigint): Amount => ({ currency: 'CNY', minor: minor.toString() });

function show(amount: Amount | null | undefined): string {
  return amount ? formatMoney(money('CNY', BigInt(amount.minor))) : '';
}
