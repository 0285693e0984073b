import type { Api, Move, Quote } from '../../src/app/api.ts';
import { ASKED, COLLECTION } from './collect-stand-in.ts';
import { Problem, type StandInRow } from './wallet-api-stand-in.ts';
import { at, BANKS, makeCard, makeMove, namesOf, partyOf, type StandInWorld, yuan } from './wallet-stand-in-world.ts';

type Plain = Exclude<keyof Api, 'GET /api/balances' | 'GET /api/history/export'>;

const CODE = '123456';
const CHALLENGE = {
  challenge: 'c3RhbmQtaW4tY2hhbGxlbmdl',
  rpId: 'localhost',
  timeout: 60_000,
  userVerification: 'required',
};
const sent = { resend_after_seconds: 60 };

/** A row per route, each of the type that the client calls by. */
export const ROWS: { [R in Plain]: StandInRow<R> } = {
  'POST /api/sign-in/code': () => ({ code_id: 'code_1', ...sent }),
  'POST /api/sign-in': (world, { body }) => (body.code === CODE ? signIn(world) : wrongCode()),
  'POST /api/sign-in/passkey/options': () => ({ challenge_id: 'ch_1', options: CHALLENGE }),
  'POST /api/sign-in/passkey': (world) => signIn(world),
  'POST /api/sign-out': signOut,
  'POST /api/sign-out-everywhere': signOut,
  'GET /api/me': (world) => world.me,
  'PATCH /api/me': (world, { body }) => Object.assign(world.me, { lang: body.lang }),

  'POST /api/pin': (world, { body }) => {
    if (world.pin !== null && body.old_pin !== world.pin) return new Problem(403, 'pin_wrong');
    if (body.pin === '123456') return new Problem(422, 'pin_too_weak');
    world.pin = body.pin;
    return Object.assign(world.me, { has_pin: true });
  },
  'POST /api/pin/reset': () => ({ reset_id: 'rst_1', ...sent }),
  'POST /api/pin/reset/:id': (world, { body }) => {
    if (body.code !== CODE) return wrongCode();
    world.pin = body.pin;
    return world.me;
  },
  'GET /api/passkeys': (world) => ({ data: world.passkeys }),
  'POST /api/passkeys/options': () => ({
    challenge_id: 'ch_2',
    options: {
      ...CHALLENGE,
      rp: { id: 'localhost', name: '互通钱包' },
      user: { id: 'dXNlcg', name: '138****5678', displayName: '138****5678' },
      pubKeyCredParams: [-7, -257].map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    },
  }),
  'POST /api/passkeys': (world, { body }) => {
    if (world.pin !== null && body.proof === null) return new Problem(403, 'step_up_required');
    const passkey = { passkey_id: `pk_${world.next()}`, name: body.name, created_at: at(0), last_used_at: null };
    world.passkeys.push(passkey);
    world.me.passkeys_count = world.passkeys.length;
    return passkey;
  },
  'DELETE /api/passkeys/:id': (world, { params }) => {
    world.passkeys = world.passkeys.filter(({ passkey_id }) => passkey_id !== params['id']);
    world.me.passkeys_count = world.passkeys.length;
    return {};
  },
  'GET /api/devices': () => ({
    data: [
      { device_id: 'dev_1', name: 'Linux · Chrome', is_this: true, created_at: at(-99), last_used_at: at(0) },
      { device_id: 'dev_2', name: 'iPhone · Safari', is_this: false, created_at: at(-9999), last_used_at: at(-1500) },
    ],
  }),
  'DELETE /api/devices/:id': () => ({}),
  'POST /api/proofs': (world, { body }) => {
    const level = levelOf(world, body.kind, body.subject);
    const ways: ('passkey' | 'pin' | 'pin_and_code')[] = world.passkeys.length > 0 ? ['passkey'] : [];
    if (world.pin !== null) ways.push(level === 'strong' ? 'pin_and_code' : 'pin');
    return {
      proof_id: `prf_${world.next()}`,
      level,
      ways,
      passkey_options: world.passkeys.length > 0 ? CHALLENGE : null,
      phone_masked: world.me.phone_masked,
    };
  },
  'POST /api/proofs/:id/code': () => sent,
  'POST /api/proofs/:id': (world, { body }) => {
    if (body.passkey === null && body.pin !== world.pin) return new Problem(403, 'pin_wrong');
    if (body.code !== null && body.code !== CODE) return wrongCode();
    return { token: `tok_${world.next()}` };
  },

  'POST /api/cards/look-up': (_, { body }) => {
    const bank = bankOf(body.number);
    return bank === null
      ? { bank: null }
      : { bank, bank_name: namesOf(bank), kind: 'debit', takes_part: bank !== 'PSBC' };
  },
  'GET /api/banks': () => ({
    data: Object.entries(BANKS).map(([bank, [, , light, dark]]) => ({
      bank,
      bank_name: namesOf(bank),
      colours: [light, dark] as [string, string],
    })),
  }),
  'POST /api/bindings': (_, { body }) => {
    const bank = bankOf(body.number);
    if (bank === null) return new Problem(422, 'card_number_invalid');
    if (body.name === '张三') return new Problem(422, 'details_differ');
    return {
      binding_id: `bnd_${bank}${body.number.slice(-4)}`,
      bank,
      bank_name: namesOf(bank),
      kind: 'debit',
      last4: body.number.slice(-4),
      phone_masked: '138****5678',
      ...sent,
    };
  },
  'POST /api/bindings/:id': (world, { params, body }) => {
    if (body.code !== CODE) return wrongCode();
    world.me.name_masked = '*小云';
    const id = params['id'] ?? '';
    return makeCard(world, id.slice(4, -4) as keyof typeof BANKS, 'debit', id.slice(-4), 1_000_000n); // made above
  },
  'POST /api/one-tap': () => ({
    request_id: 'req_1',
    banks: (['ABC', 'CCB'] as const).map((bank) => ({ bank, bank_name: namesOf(bank) })),
  }),
  'POST /api/one-tap/:id/cards': (world, { body }) => ({
    request_id: 'req_1',
    cards: body.banks.map((bank, i) => ({
      pick: `pick_${bank}`,
      bank,
      bank_name: namesOf(bank),
      kind: i === 0 ? 'debit' : 'credit',
      last4: `55${i}1`,
      is_bound: world.cards.some((card) => card.bank === bank && card.last4 === `55${i}1`),
    })),
    phone_masked: '138****5678',
    ...sent,
  }),
  'POST /api/one-tap/:id': (world, { body }) => {
    if (body.code !== CODE) return wrongCode();
    world.me.name_masked = '*小云';
    return {
      data: body.picks.map(
        (pick, i) =>
          makeCard(
            world,
            pick.slice(5) as keyof typeof BANKS,
            i === 0 ? 'debit' : 'credit',
            `55${i}1`,
            i === 0 ? 300_000n : -88_800n,
          ), // as above
      ),
    };
  },
  'GET /api/cards': (world) => ({ data: world.cards }),
  'PATCH /api/cards/:id': (world, { params, body }) => {
    const card = world.cards.find(({ card_id }) => card_id === params['id']);
    if (card === undefined) return new Problem(404, 'not_found');
    if (body.alias !== undefined) card.alias = body.alias;
    if (body.is_default) for (const one of world.cards) one.is_default = one === card;
    return card;
  },
  'DELETE /api/cards/:id': (world, { params }) => {
    world.cards = world.cards.filter(({ card_id }) => card_id !== params['id']);
    return {};
  },

  'POST /api/quotes': (world, { body }) => makeQuote(world, body),
  'POST /api/transfers': (world, { body }) => {
    const quote = world.quotes.get(body.quote_id);
    if (quote === undefined) return new Problem(409, 'quote_expired');
    const made = quote.parts.map((part): Move => {
      const fen = BigInt(part.amount.minor);
      world.money.set(part.from_card_id, (world.money.get(part.from_card_id) ?? 0n) - fen);
      const isLater = quote.arrival !== 'instant';
      const state = isLater ? 'scheduled' : world.slowAsks > 0 ? 'crediting' : 'succeeded';
      return makeMove(
        world,
        {
          kind: quote.kind,
          state,
          amount: yuan(-fen),
          from: part.from,
          to: quote.to,
          arrival: quote.arrival,
          due_at: isLater ? quote.arrives_at : null,
          can_cancel: isLater,
        },
        0,
      );
    });
    world.moves.unshift(...made);
    return { data: made };
  },
  'GET /api/transfers/:id': (world, { params }) => {
    const move = world.moves.find(({ move_id }) => move_id === params['id']);
    if (move === undefined) return new Problem(404, 'not_found');
    if (move.state === 'crediting' && world.slowAsks-- <= 1) {
      Object.assign(move, makeMove(world, { ...move, state: 'succeeded' }, 0), {
        move_id: move.move_id,
        explanation: { 'zh-CN': '已到账。', en: 'The money has arrived.' },
        receipt_no: '112309300418',
      });
    }
    return move;
  },
  'POST /api/transfers/:id/cancel': (world, { params }) => {
    const move = world.moves.find(({ move_id }) => move_id === params['id']);
    if (move === undefined || !move.can_cancel) return new Problem(409, 'transfer_not_cancelable');
    return Object.assign(move, {
      state: 'canceled',
      can_cancel: false,
      ended_at: at(0),
      explanation: { 'zh-CN': '已撤销，没有扣款。', en: 'Cancelled.' },
    });
  },
  'GET /api/payees': (world) => ({ data: world.payees }),
  'GET /api/history': (world, { query }) => ({
    data: world.moves.filter(
      (move) =>
        (query.get('kind') === null || move.kind === query.get('kind')) &&
        (query.get('text') === null || JSON.stringify(move).includes(query.get('text') ?? '')),
    ),
    next_cursor: null,
  }),
  'GET /api/limits': (world) => ({ data: world.limits }),
  'PUT /api/limits': (world, { body }) => {
    const found = world.limits.find((line) => line.rule === body.rule && line.card_id === body.card_id);
    if (found === undefined) return new Problem(404, 'not_found');
    if (BigInt(body.max) > BigInt(found.max)) {
      if (body.proof === null) return new Problem(403, 'step_up_required');
      return { data: world.limits, counts_from: at(1440) };
    }
    Object.assign(found, { max: body.max, set_by: 'holder' });
    return { data: world.limits, counts_from: at(0) };
  },

  'GET /api/orders/:token': (world, { params }) =>
    world.orders.get(params['token'] ?? '') ?? new Problem(404, 'not_found'),
  'POST /api/orders/:token/pay': (world, { params }) => {
    const order = world.orders.get(params['token'] ?? '');
    if (order === undefined) return new Problem(404, 'not_found');
    order.state = 'paid';
    return { order, move: null };
  },
  'POST /api/payment-codes': (world) => ({
    code: `9700${String(5_318_204_471_000_000 + world.next())}`,
    expires_at: at(1),
    max_amount: yuan(100_000n),
  }),
  'GET /api/code-orders': (world) => ({ data: world.codeOrders }),
  'POST /api/scans': (_, { body }) => {
    if (body.text.includes('/pay/')) return { kind: 'order', token: body.text.split('/pay/')[1] ?? '' };
    if (!body.text.includes('/t/')) return { kind: 'unknown' };
    return {
      kind: 'person',
      payee: { kind: 'code', code: 'abc' },
      name_masked: '*秀英',
      amount: yuan(8_800n),
      note: '饭钱',
    };
  },
  'POST /api/receive-codes': () => ({ text: 'http://localhost/t/bWFkZSBieSB0aGUgc3RhbmQtaW4' }),

  'POST /api/collections': (_world, { body }) => ({ ...COLLECTION, title: body.title, paid_count: 0, payers: [] }),
  'GET /api/collections': () => ({ data: [COLLECTION] }),
  'GET /api/collections/:id': () => COLLECTION,
  'POST /api/collections/:id/stop': () => ({ ...COLLECTION, state: 'stopped' }),
  'GET /api/collect/:code': () => ASKED,
  'POST /api/collect/:code/quote': (world, { body }) => {
    const quote = makeQuote(world, {
      kind: 'transfer',
      from_card_ids: [body.from_card_id],
      payee: { kind: 'code', code: 'a-person' },
      amount: ASKED.amount,
      arrival: 'instant',
      note: ASKED.title,
    });
    if (!(quote instanceof Problem))
      quote.to = { bank: '', bank_name: { 'zh-CN': '', en: '' }, last4: '', name_masked: ASKED.payee_name };
    return quote;
  },
  'POST /api/collect/:code/pay': (world, given) => ROWS['POST /api/transfers'](world, given),
};

function signIn(world: StandInWorld): StandInWorld['me'] {
  world.isSignedIn = true;
  return world.me;
}

function signOut(world: StandInWorld): Record<string, never> {
  world.isSignedIn = false;
  return {};
}

function wrongCode(): Problem {
  return new Problem(403, 'code_wrong');
}

function bankOf(number: string): keyof typeof BANKS | null {
  const prefixes = { '6222': 'ICBC', '6214': 'CMB', '6217': 'CCB', '6228': 'ABC', '6210': 'PSBC' } as const;
  return Object.entries(prefixes).find(([prefix]) => number.startsWith(prefix))?.[1] ?? null;
}

/** As the real levels go: below 1,000.00 the device, to 5,000.00 the PIN, above that the strong ones. */
function levelOf(world: StandInWorld, kind: string, subject: string): 'device' | 'pin' | 'strong' {
  const amount = world.quotes.get(subject)?.amount ?? world.orders.get(subject)?.amount;
  if (amount === undefined) return kind === 'raise_limit' ? 'strong' : 'pin';
  const fen = BigInt(amount.minor);
  return fen < 100_000n ? 'device' : fen < 500_000n ? 'pin' : 'strong';
}

function makeQuote(world: StandInWorld, body: Api['POST /api/quotes']['body']): Quote | Problem {
  const fen = BigInt(body.amount.minor);
  if (body.kind === 'repayment' && fen < 1_000n) return new Problem(422, 'amount_below_minimum');
  const debit = world.cards.filter((card) => card.kind === 'debit');
  const sources =
    body.from_card_ids === null ? debit : debit.filter((card) => body.from_card_ids?.includes(card.card_id));
  const parts: Quote['parts'] = [];
  let rest = fen;
  for (const card of sources) {
    if (body.payee.kind === 'own_card' && body.payee.card_id === card.card_id) continue;
    const most = world.money.get(card.card_id) ?? 0n;
    const part = rest < most ? rest : most;
    if (part <= 0n) continue;
    parts.push({
      from_card_id: card.card_id,
      from: partyOf(card),
      amount: yuan(part),
      left: world.limits.filter((line) => line.card_id === card.card_id),
    });
    rest -= part;
    if (rest === 0n) break;
  }
  if (rest > 0n) return new Problem(422, 'no_route');
  const own = body.payee.kind === 'own_card' ? body.payee.card_id : null;
  const target = world.cards.find(({ card_id }) => card_id === own);
  const quote: Quote = {
    quote_id: `quo_${world.next()}`,
    kind: body.kind,
    amount: body.amount,
    fee: yuan(0n),
    arrival: body.arrival,
    arrives_at: at(body.arrival === 'instant' ? 0 : 120),
    to:
      target === undefined
        ? { bank: 'CMB', bank_name: namesOf('CMB'), last4: '7712', name_masked: '*建国' }
        : partyOf(target),
    parts,
    explanation:
      parts.length > 1
        ? { 'zh-CN': '一张卡的余额不够，分开支付，全部免费。', en: 'One card does not hold enough; split, all free.' }
        : { 'zh-CN': '', en: '' },
    level: fen < 100_000n ? 'device' : fen < 500_000n ? 'pin' : 'strong',
    advice: body.arrival === 'instant' && fen > 3_000_000n ? 'choose_later_arrival' : null,
    expires_at: at(5),
  };
  world.quotes.set(quote.quote_id, quote);
  return quote;
}
