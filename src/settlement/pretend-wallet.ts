import { money } from '../money/money.ts';
import type { StatementItem, StatementLine, StatementReply, StatementSource } from '../wallets/statement.ts';
import type { Outcome, Wallet } from '../wallets/wallet.ts';
import type { DayEnd } from './wallet-day.ts';

/* A wallet whose orders and bills tests write by hand. Its bill is JSON lines, its last line the totals. */

export interface PretendWallet {
  wallet: Wallet<unknown>;
  /** What it answers about an order number; unknown to it otherwise. */
  answers: Map<string, Outcome>;
  /** What a fetch of a day brings; "not ready" where nothing is said. */
  bills: Map<string, StatementReply>;
  /** Every question that it was asked, in order. */
  asked: string[];
}

export function pretendWallet(options: { dayEndsAt: DayEnd; hasBill: boolean; refundsAre: RefundsAre }): PretendWallet {
  const answers = new Map<string, Outcome>();
  const bills = new Map<string, StatementReply>();
  const asked: string[] = [];
  const answer = async (orderNo: string): Promise<Outcome> => {
    asked.push(orderNo);
    return answers.get(orderNo) ?? { kind: 'unknown', reason: 'the wallet is silent' };
  };
  const wallet: Wallet<unknown> = {
    name: 'unionpay',
    docsUrl: 'https://wallet.example/docs',
    can: {
      scenes: ['web'],
      currencies: ['CNY'],
      closeUnpaid: false,
      cancelUndoes: false,
      voidPaid: false,
      refundWindowDays: 330,
      askAfterSeconds: [300],
      askRefundAfterSeconds: [300],
      paymentCode: null,
    },
    secretFields: [],
    readConfig: (input) => input,
    merchantNo: () => '777290058110048',
    environment: () => 'test',
    scenes: () => ['web'],
    pay: async () => ({ kind: 'pending', action: { type: 'redirect', url: 'https://wallet.example/pay' } }),
    query: (_deps, _config, request) => answer(request.orderNo),
    cancel: (_deps, _config, request) => answer(request.orderNo),
    refund: async () => ({ kind: 'pending' }),
    queryRefund: (_deps, _config, request) => answer(request.refund.orderNo),
    readNotification: async () => ({ kind: 'refused', reason: 'this wallet tells nothing' }),
    acknowledgement: { status: 200, contentType: 'text/plain', body: 'ok' },
    identify: null,
    statement: options.hasBill ? jsonLines(options, bills) : null,
    refresh: null,
  };
  return { wallet, answers, bills, asked };
}

export function succeeded(minor: bigint, walletPaymentId: string, occurredAt: Date | null = null): Outcome {
  return { kind: 'succeeded', walletPaymentId, amount: money('CNY', minor), occurredAt, facts: {} };
}

/** A line of a bill with everything that a test does not care about filled in; `lineNo` is where it stands. */
export function billLine(line: Partial<StatementLine> & { orderNo: string; amountMinor: bigint }): StatementLine {
  return {
    kind: 'payment',
    lineNo: 0,
    paymentOrderNo: null,
    walletPaymentId: `W${line.orderNo}`,
    currency: 'CNY',
    feeMilli: null,
    occurredAt: null,
    ...line,
  };
}

/** The file of a bill with right totals, or with those given. */
export function billOf(lines: readonly StatementLine[], totals: Partial<Totals> = {}): StatementReply {
  const of = (kind: StatementLine['kind']) => lines.filter((line) => line.kind === kind);
  const sum = (kind: StatementLine['kind']) => of(kind).reduce((total, line) => total + line.amountMinor, 0n);
  const end: Totals = {
    kind: 'totals',
    paymentsCount: of('payment').length,
    paymentsMinor: sum('payment'),
    refundsCount: of('refund').length,
    refundsMinor: sum('refund'),
    feesMilli: null,
    ...totals,
  };
  return fileOf([...lines.map((line, index) => ({ ...line, lineNo: index + 1 })), end]);
}

/** What stands in a file that a wallet brought. */
export function bytesOf(reply: StatementReply): Buffer {
  if (reply.kind !== 'file') throw new Error('no file');
  return reply.file;
}

export function fileOf(items: readonly StatementItem[]): StatementReply {
  const text = items.map((item) => JSON.stringify(item, (_key, value: unknown) => toText(value))).join('\n');
  return { kind: 'file', file: Buffer.from(text) };
}

type RefundsAre = StatementSource<unknown>['refundsAre'];
type Totals = Extract<StatementItem, { kind: 'totals' }>;

function jsonLines(
  told: { dayEndsAt: DayEnd; refundsAre: RefundsAre },
  bills: ReadonlyMap<string, StatementReply>,
): StatementSource<unknown> {
  return {
    dayEndsAt: told.dayEndsAt,
    refundsAre: told.refundsAre,
    readyAfterHours: 10,
    fetch: async (_deps, _config, day) => bills.get(day) ?? { kind: 'not_ready' },
    async *read(_config, file) {
      let lineNo = 0;
      for (let at = 0; at < file.length; ) {
        const end = file.indexOf('\n', at);
        const text = file.toString('utf8', at, end < 0 ? file.length : end);
        at = end < 0 ? file.length : end + 1;
        lineNo += 1;
        const item = readItem(text);
        yield item ?? { kind: 'broken', lineNo, reason: 'not JSON' };
        if (item === null) return;
      }
    },
  };
}

function readItem(text: string): StatementItem | null {
  try {
    const item: StatementItem = JSON.parse(text, (key, value: unknown) => fromText(key, value)); // what fileOf wrote
    return item;
  } catch {
    return null;
  }
}

function toText(value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

const AMOUNTS = new Set(['amountMinor', 'settledMinor', 'feeMilli', 'paymentsMinor', 'refundsMinor', 'feesMilli']);

function fromText(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (AMOUNTS.has(key)) return BigInt(value);
  return key === 'occurredAt' ? new Date(value) : value;
}
