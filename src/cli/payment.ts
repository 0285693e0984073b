import { readAlerts, readPayment, readRefund } from '../cashier/operator-reads.ts';
import { pagePayments } from '../cashier/read-payments.ts';
import type { Command } from './command.ts';
import { printObject, printRows, toJson } from './print.ts';
import { chooseMerchant, withOperator } from './with-operator.ts';

const ITEMS_USUAL = 20;
const ITEMS_MAX = 1000;
const limit = { value: 'count', what: `how many at most; ${ITEMS_USUAL} when left out` };

export const paymentCommands: readonly Command[] = [
  {
    name: 'payment show',
    summary: 'Show a payment with its attempts',
    words: [{ name: 'payment-id', what: 'pay_…' }],
    json: true,
    examples: ['hutong payment show pay_…', 'hutong payment show pay_… --json'],
    async run(deps, input) {
      await withOperator(deps, async ({ cashier }) => {
        const payment = await readPayment(cashier, input.word('payment-id'));
        if (input.json) deps.terminal.print(toJson(payment));
        else printObject(deps.terminal, payment);
      });
    },
  },
  {
    name: 'payment list',
    summary: 'List payments of a merchant, newest first',
    options: {
      merchant: { value: 'id', what: 'whose; may be left out while there is only one' },
      state: { value: 'state', what: 'only these: succeeded, processing, canceled …' },
      order: { value: 'number', what: "only the one with this order number of the merchant's" },
      limit,
    },
    json: true,
    examples: ['hutong payment list --state succeeded --limit 5', 'hutong payment list --order 20261123A7 --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withOperator(deps, async (operator) => {
        const { id, book } = await chooseMerchant(operator, input.text('merchant'));
        const { data, next } = await pagePayments(operator.cashier, {
          book,
          merchantId: id,
          before: null,
          itemsMax,
          orderNo: input.text('order') ?? null,
          state: input.text('state') ?? null,
        });
        printRows(
          deps.terminal,
          input.json,
          data as ShownPayment[], // payments as the API shows them
          [
            { title: 'ID', show: (row) => row.id },
            { title: 'ORDER', show: (row) => row.order_no },
            { title: 'AMOUNT', show: (row) => `${row.amount.currency} ${row.amount.minor}`, right: true },
            { title: 'STATE', show: (row) => row.state },
            { title: 'WALLET', show: (row) => row.wallet ?? '-' },
            { title: 'CREATED', show: (row) => row.created_at },
          ],
          'There is no such payment.',
        );
        if (next !== null && !input.json) deps.terminal.note('There are more: --limit shows them.');
      });
    },
  },
  {
    name: 'refund show',
    summary: 'Show a refund',
    words: [{ name: 'refund-id', what: 'rf_…' }],
    json: true,
    examples: ['hutong refund show rf_…'],
    async run(deps, input) {
      await withOperator(deps, async ({ cashier }) => {
        const refund = await readRefund(cashier, input.word('refund-id'));
        if (input.json) deps.terminal.print(toJson(refund));
        else printObject(deps.terminal, refund);
      });
    },
  },
  {
    name: 'alerts',
    summary: 'What an operator should look at, newest first',
    options: { limit },
    json: true,
    notes: ['Forged or unmatched notifications, amounts that differ, refunds that do not go through.'],
    examples: ['hutong alerts', 'hutong alerts --limit 100 --json'],
    async run(deps, input) {
      const itemsMax = input.count('limit', { min: 1, max: ITEMS_MAX }) ?? ITEMS_USUAL;
      await withOperator(deps, async ({ cashier, book }) => {
        const alerts = await readAlerts(cashier, book, itemsMax);
        printRows(
          deps.terminal,
          input.json,
          alerts.map((alert) => ({
            id: alert.id,
            kind: alert.kind,
            subject_id: alert.subjectId,
            detail: alert.detail,
            created_at: alert.createdAt.toISOString(),
          })),
          [
            { title: 'WHEN', show: (row) => row.created_at },
            { title: 'KIND', show: (row) => row.kind },
            { title: 'ABOUT', show: (row) => row.subject_id ?? '-' },
            { title: 'DETAIL', show: (row) => row.detail },
          ],
          'Nothing to look at.',
        );
      });
    },
  },
];

interface ShownPayment {
  id: string;
  order_no: string;
  amount: { currency: string; minor: string };
  state: string;
  wallet: string | null;
  created_at: string;
}
