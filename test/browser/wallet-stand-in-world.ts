import type {
  Balance,
  Card,
  CardKind,
  KnownPayee,
  LimitLine,
  Me,
  Move,
  Names,
  Order,
  Party,
  Passkey,
  Quote,
} from '../../src/app/api.ts';

/** A person with cards, in memory: enough for the app to be walked through. */
export interface StandInWorld {
  isSignedIn: boolean;
  me: Me;
  pin: string | null;
  cards: Card[];
  /** Fen by card; a negative figure is what a credit card owes. */
  money: Map<string, bigint>;
  deadBanks: Set<string>;
  /** Banks that answer once they are no longer in here, and those asked after them. */
  slowBanks: Set<string>;
  moves: Move[];
  quotes: Map<string, Quote>;
  orders: Map<string, Order>;
  codeOrders: Order[];
  payees: KnownPayee[];
  limits: LimitLine[];
  passkeys: Passkey[];
  /** How often a new move is still under way when it is asked for. */
  slowAsks: number;
  /** Proofs that were given out, and the level that the next one asks for. */
  proofs: Map<string, string>;
  count: number;
  /** A number that no other thing has. */
  next(): number;
  balanceOf(card: Card): Balance;
}

/** A moment so many minutes from now. */
export function at(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

export function dayAfter(days: number): string {
  return new Date(Date.now() + days * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
}

export const BANKS = {
  ICBC: ['中国工商银行', 'ICBC', '#c8102e', '#8f0b20'],
  CMB: ['招商银行', 'China Merchants Bank', '#c41230', '#7d0a1d'],
  CCB: ['中国建设银行', 'China Construction Bank', '#0a4da2', '#06306a'],
  ABC: ['中国农业银行', 'Agricultural Bank of China', '#00806d', '#00594c'],
  BOC: ['中国银行', 'Bank of China', '#a6192e', '#6f0f1e'],
  PSBC: ['中国邮政储蓄银行', 'Postal Savings Bank', '#007f4f', '#005535'],
} as const satisfies Record<string, readonly [string, string, string, string]>;

type Bank = keyof typeof BANKS;

export function namesOf(bank: string): Names {
  const [zh, en] = BANKS[bank as Bank]; // only banks of the table are asked for
  return { 'zh-CN': zh, en };
}

export function makeCard(world: StandInWorld, bank: Bank, kind: CardKind, last4: string, fen: bigint): Card {
  const [, , light, dark] = BANKS[bank];
  const card: Card = {
    card_id: `card_${bank}${last4}`,
    bank,
    bank_name: namesOf(bank),
    kind,
    last4,
    alias: '',
    is_default: world.cards.length === 0,
    colours: [light, dark],
    bound_at: at(-60 * 24 * 3),
  };
  world.cards.push(card);
  world.money.set(card.card_id, fen);
  world.limits.push(...limitsOf(card));
  return card;
}

export function partyOf(card: Card): Party {
  return { bank: card.bank, bank_name: card.bank_name, last4: card.last4, name_masked: '*小云' };
}

export function makeWorld(): StandInWorld {
  const world: StandInWorld = {
    isSignedIn: false,
    me: {
      user_id: 'usr_1',
      phone_masked: '138****5678',
      name_masked: null,
      has_pin: false,
      passkeys_count: 0,
      device_is_new: false,
      lang: 'zh-CN',
      sandbox_phone_url: 'http://localhost:9/phone',
    },
    pin: null,
    cards: [],
    money: new Map(),
    deadBanks: new Set(),
    slowBanks: new Set(),
    moves: [],
    quotes: new Map(),
    orders: new Map(),
    codeOrders: [],
    payees: [],
    limits: [line('user_day', '每人每日转账', 'Transfers a day', 'day', null, '50000000', '120000', '50000')],
    passkeys: [],
    slowAsks: 0,
    proofs: new Map(),
    count: 0,
    next: () => ++world.count,
    balanceOf: (card) => balanceOf(world, card),
  };
  return world;
}

function balanceOf(world: StandInWorld, card: Card): Balance {
  const fen = world.money.get(card.card_id) ?? 0n;
  const none = {
    card_id: card.card_id,
    at: at(0),
    is_cached: false,
    ledger: null,
    available: null,
    bill: null,
    last_at: null,
    reason: null,
  };
  if (world.deadBanks.has(card.bank))
    return { ...none, state: 'unknown', available: yuan(fen), last_at: at(-95), reason: 'no answer' };
  if (card.kind === 'debit') return { ...none, state: 'answered', ledger: yuan(fen), available: yuan(fen) };
  const owed = -fen;
  const bill = { amount: yuan(owed), minimum: yuan(owed / 10n), due_day: dayAfter(5), billed_day: dayAfter(-13) };
  return { ...none, state: 'answered', ledger: yuan(fen), available: yuan(5_000_000n - owed), bill };
}

export function yuan(fen: bigint): { currency: 'CNY'; minor: string } {
  return { currency: 'CNY', minor: fen.toString() };
}

function limitsOf(card: Card): LimitLine[] {
  if (card.kind !== 'debit')
    return [line('repay_month', '每月还款次数', 'Repayments a month', 'month', card.card_id, '5', '1', '0', 'count')];
  return [
    line('transfer_payment', '单笔转账', 'Each transfer', 'payment', card.card_id, '5000000', '0', '0'),
    line('transfer_day', '每卡每日转账', 'Transfers a day', 'day', card.card_id, '20000000', '3500000', '0'),
  ];
}

function line(
  rule: string,
  zh: string,
  en: string,
  window: LimitLine['window'],
  cardId: string | null,
  max: string,
  used: string,
  held: string,
  unit: LimitLine['unit'] = 'money',
): LimitLine {
  return {
    rule,
    label: { 'zh-CN': zh, en },
    window,
    subject: cardId === null ? 'user' : 'card',
    card_id: cardId,
    unit,
    max,
    used,
    held,
    set_by: 'hutong',
    renews_at: window === 'day' ? at(300) : null,
  };
}

/** A person with three debit cards, a credit card and a few moves, signed in. */
export function settleIn(world: StandInWorld): void {
  world.isSignedIn = true;
  world.pin = '293847';
  Object.assign(world.me, { name_masked: '*小云', has_pin: true });
  makeCard(world, 'ICBC', 'debit', '6789', 1_234_567n);
  makeCard(world, 'CMB', 'debit', '0021', 8_800_000n);
  makeCard(world, 'CCB', 'debit', '3350', 56_020n);
  makeCard(world, 'BOC', 'credit', '8866', -328_650n);
  const [icbc, cmb, , boc] = world.cards;
  if (icbc === undefined || cmb === undefined || boc === undefined) throw new Error('three banks');
  world.payees.push({
    payee_id: 'pay_1',
    party: { ...partyOf(cmb), name_masked: '*建国', last4: '7712' },
    last_paid_at: at(-600),
  });
  world.moves.push(
    makeMove(
      world,
      { kind: 'purchase', amount: yuan(-2_850n), from: partyOf(icbc), to: null, shop_name: '胡同口早点铺' },
      -30,
    ),
    makeMove(
      world,
      {
        kind: 'transfer',
        amount: yuan(-120_000n),
        from: partyOf(icbc),
        to: { ...partyOf(cmb), name_masked: '*建国' },
        note: '房租',
      },
      -90,
    ),
    makeMove(
      world,
      {
        kind: 'transfer',
        state: 'scheduled',
        amount: yuan(-50_000n),
        from: partyOf(icbc),
        to: { ...partyOf(cmb), name_masked: '*秀英' },
        arrival: 'ordinary',
        due_at: at(80),
        can_cancel: true,
      },
      -40,
    ),
    makeMove(world, { kind: 'repayment', amount: yuan(-200_000n), from: partyOf(cmb), to: partyOf(boc) }, -60 * 26),
    makeMove(
      world,
      { kind: 'refund', amount: yuan(12_800n), from: null, to: partyOf(icbc), shop_name: '老北京布鞋店' },
      -60 * 27,
    ),
    makeMove(
      world,
      {
        kind: 'transfer',
        state: 'failed',
        amount: yuan(-900_000n),
        from: partyOf(cmb),
        to: { ...partyOf(icbc), name_masked: '*建国' },
        failure: 'insufficient_funds',
      },
      -60 * 50,
    ),
  );
}

const EXPLAINED: Record<Move['state'], Names> = {
  scheduled: { 'zh-CN': '已预约，到时间才会扣款，之前可以撤销。', en: 'Planned: nothing is taken before its time.' },
  debiting: { 'zh-CN': '正在等付款银行答复，还不知道有没有扣款。', en: 'Waiting for the paying bank.' },
  crediting: { 'zh-CN': '钱已转出，正在等收款银行入账。', en: 'The money waits for the receiving bank.' },
  reversing: { 'zh-CN': '没有办成，正在把钱退回。', en: 'The money is on its way back.' },
  succeeded: { 'zh-CN': '已到账。', en: 'The money has arrived.' },
  failed: { 'zh-CN': '没有办成，钱没有被扣。', en: 'No money was taken.' },
  canceled: { 'zh-CN': '已撤销，没有扣款。', en: 'Cancelled; no money was taken.' },
};

export function makeMove(
  world: StandInWorld,
  part: Partial<Move> & Pick<Move, 'kind' | 'amount'>,
  minutes: number,
): Move {
  const state = part.state ?? 'succeeded';
  const isOver = state === 'succeeded' || state === 'failed' || state === 'canceled';
  return {
    move_id: `tr_${String(world.next()).padStart(4, '0')}`,
    state,
    fee: yuan(0n),
    from: null,
    to: null,
    shop_name: null,
    note: '',
    arrival: 'instant',
    due_at: null,
    failure: null,
    receipt_no: state === 'succeeded' ? '112309300417' : null,
    can_cancel: false,
    created_at: at(minutes),
    ended_at: isOver ? at(minutes) : null,
    explanation: EXPLAINED[state],
    ...part,
  };
}
