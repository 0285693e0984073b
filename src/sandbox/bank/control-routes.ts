import type { FastifyInstance } from 'fastify';
import { banks } from './banks.ts';
import { type BankFault, FAULT_KINDS, FAULT_OPERATIONS } from './bank-faults.ts';
import type { BankControl } from './bank.ts';
import type { CardStatus } from './card.ts';
import type { NewCard, NewPerson } from './open-cards.ts';
import type { Algorithm } from './seal.ts';

const AMOUNT = { type: 'string', pattern: '^\\d{1,12}$' };
const CODES = banks.map(({ code }) => code);

const BILL = {
  type: 'object',
  additionalProperties: false,
  required: ['amount_fen', 'minimum_fen', 'due_day', 'billed_day'],
  properties: {
    amount_fen: AMOUNT,
    minimum_fen: AMOUNT,
    due_day: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
    billed_day: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
  },
};

const CARD = {
  type: 'object',
  additionalProperties: false,
  required: ['bank', 'kind'],
  properties: {
    bank: { enum: CODES },
    kind: { enum: ['debit', 'credit'] },
    balance_fen: AMOUNT,
    account_class: { enum: [1, 2, 3] },
    credit_fen: AMOUNT,
    owed_fen: AMOUNT,
    bill: BILL,
    phone: { type: 'string' },
    pin: { type: 'string', pattern: '^\\d{6}$' },
    limits: { enum: ['none'] },
  },
};

const PERSON = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'phone', 'cards'],
  properties: {
    name: { type: 'string' },
    phone: { type: 'string' },
    id_number: { type: 'string' },
    cards: { type: 'array', maxItems: 20, items: CARD },
  },
};

interface CardBody {
  bank: string;
  kind: 'debit' | 'credit';
  balance_fen?: string;
  account_class?: 1 | 2 | 3;
  credit_fen?: string;
  owed_fen?: string;
  bill?: { amount_fen: string; minimum_fen: string; due_day: string; billed_day: string };
  phone?: string;
  pin?: string;
  limits?: 'none';
}

interface PersonBody {
  name: string;
  phone: string;
  id_number?: string;
  cards: CardBody[];
}

/** The hands of `BankControl` over HTTP, JSON under /sandbox/. Amounts are fen in strings. */
export function registerBankControl(app: FastifyInstance, control: BankControl): void {
  // Without a schema fastify would turn answers into text itself, and knows no bigint.
  app.setReplySerializer(toJson);
  registerPeople(app, control);
  registerState(app, control);
  registerFaults(app, control);
}

function registerPeople(app: FastifyInstance, control: BankControl): void {
  app.get('/people', () => ({ data: control.people() }));
  app.post<{ Body: PersonBody }>('/people', { schema: { body: PERSON } }, (request, reply) =>
    reply.status(201).send(control.addPerson(toPerson(request.body))),
  );
  app.get<{ Params: { number: string } }>('/cards/:number', ({ params }) => control.card(params.number));
  const status = { enum: ['active', 'frozen', 'lost', 'stolen', 'expired'] };
  const body = { type: 'object', additionalProperties: false, required: ['status'], properties: { status } };
  app.post<{ Params: { number: string }; Body: { status: CardStatus } }>(
    '/cards/:number',
    { schema: { body } },
    ({ params, body: { status: next } }) => {
      control.setCardStatus(params.number, next);
      return control.card(params.number);
    },
  );
}

function registerState(app: FastifyInstance, control: BankControl): void {
  app.get('/banks', () => ({ data: banks.map(({ code, institution, name }) => ({ code, institution, name })) }));
  app.get<{ Params: { bank: string } }>('/banks/:bank/books', ({ params }) => {
    const books = control.books(params.bank);
    const { postings } = books;
    return { postings, is_balanced: books.isBalanced(), accounts: books.accounts(), latest: books.latest() };
  });
  app.get<{ Querystring: { institution?: string } }>('/totals', ({ query }) => ({
    data: control.totals(query.institution),
    is_balanced: control.isBalanced(),
  }));
  app.get('/messages', () => control.seen());
  app.get('/links', () => ({ data: control.links() }));
  app.get('/day', () => ({ settlement_day: control.settlementDay() }));
  app.post('/day', () => ({ settlement_day: control.switchDay() }));
  app.get('/members', () => ({ data: control.members() }));
  const body = {
    type: 'object',
    additionalProperties: false,
    required: ['institution', 'name'],
    properties: { institution: { type: 'string' }, name: { type: 'string' }, algorithm: { enum: ['3des', 'sm4'] } },
  };
  app.post<{ Body: { institution: string; name: string; algorithm?: Algorithm } }>(
    '/members',
    { schema: { body } },
    (request, reply) => reply.status(201).send(control.addMember({ algorithm: '3des', ...request.body })),
  );
}

function registerFaults(app: FastifyInstance, control: BankControl): void {
  const body = {
    type: 'object',
    additionalProperties: false,
    required: ['kind'],
    properties: {
      kind: { enum: FAULT_KINDS },
      operation: { enum: FAULT_OPERATIONS },
      bank: { enum: CODES },
      card: { type: 'string', pattern: '^\\d{1,19}$' },
      value: { type: ['string', 'number'] },
      times: { type: 'integer', minimum: 1 },
    },
  };
  app.get('/faults', () => ({ data: control.faults(), operations: FAULT_OPERATIONS, kinds: FAULT_KINDS }));
  app.post<{ Body: BankFault }>('/faults', { schema: { body } }, (request) => {
    control.setFault(request.body);
    return { data: control.faults() };
  });
  app.delete('/faults', () => {
    control.clearFaults();
    return { data: [] };
  });
}

function toPerson({ name, phone, id_number, cards }: PersonBody): NewPerson {
  return { name, phone, ...(id_number === undefined ? {} : { idNumber: id_number }), cards: cards.map(toCard) };
}

function toCard({ bank, kind, phone, pin, limits, bill, ...rest }: CardBody): NewCard {
  return {
    bank,
    kind,
    ...(phone === undefined ? {} : { phone }),
    ...(pin === undefined ? {} : { pin }),
    ...(limits === undefined ? {} : { limits }),
    ...(rest.account_class === undefined ? {} : { accountClass: rest.account_class }),
    ...(rest.balance_fen === undefined ? {} : { balanceFen: BigInt(rest.balance_fen) }),
    ...(rest.credit_fen === undefined ? {} : { creditFen: BigInt(rest.credit_fen) }),
    ...(rest.owed_fen === undefined ? {} : { owedFen: BigInt(rest.owed_fen) }),
    ...(bill === undefined
      ? {}
      : {
          bill: {
            amountFen: BigInt(bill.amount_fen),
            minimumFen: BigInt(bill.minimum_fen),
            dueDay: bill.due_day,
            billedDay: bill.billed_day,
          },
        }),
  };
}

/** JSON in our wire's way: names in snake_case, amounts as integers in strings. */
function toJson(data: unknown): string {
  return JSON.stringify(snake(data));
}

function snake(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(snake);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(inner),
    ]),
  );
}
