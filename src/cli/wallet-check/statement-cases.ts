import type { StatementItem, StatementLine } from '../../wallets/statement.ts';
import type { OpenConfig } from '../../wallets/open/config.ts';
import { statement } from '../../wallets/open/statement.ts';
import { type CheckCase, expectThat, NotSeen } from './check-case.ts';
import { type CheckWorld, told } from './check-world.ts';

const section = 'Statements';

/** Run after everything that pays: they look for it in the day's statement. */
export const statementCases: readonly CheckCase[] = [
  {
    id: 'statement-early',
    rule: 'The statement of a day that is not over is not ready.',
    advice: 'Answer 404 statement_not_ready; a statement never changes once it was given out.',
    section,
    async run(world) {
      const [today, tomorrow] = [0, 1].map((days) => shanghaiDay(world.parts.clock.now().getTime() + days * DAY_MS));
      const came = await world.client.get(`/statements/${today}`);
      if (came.status === 404) return;
      // An earlier run of these checks may have ended the day by the test hook.
      const ahead = await world.client.get(`/statements/${tomorrow}`);
      const isEnded = came.status === 200 && ahead.status === 404 && world.buyer.isHook;
      if (isEnded) throw new NotSeen('the day was ended by a test hook before');
      expectThat(false, `it was answered with ${told(came)}`);
    },
  },
  {
    id: 'statement-whole',
    rule: 'A statement is gzip of JSON lines, from header to signature, and the signature fits.',
    advice: 'Sign owp-statement, a line feed and the SHA-256 in hex of all bytes before the last line; see appendix B.',
    section,
    async run(world) {
      const last = (await itemsOf(world)).at(-1);
      expectThat(
        last?.kind === 'totals',
        last?.kind === 'broken' ? `line ${last.lineNo}: ${last.reason}` : 'it has no totals',
      );
    },
  },
  {
    id: 'statement-lines',
    rule: 'A statement has every payment and refund of the day once, with its exact amount, and nothing that was undone.',
    advice:
      'One line for each payment that is paid and each refund that succeeded, by the day of paid_at and refunded_at.',
    section,
    needs: ['statement-whole'],
    async run(world) {
      const lines = await linesOf(world);
      for (const { kind, no, minor } of world.done) {
        const found = lines.filter((line) => line.kind === kind && line.orderNo === no);
        expectThat(found.length === 1, `the ${kind} ${no} is there ${found.length} times`);
        expectThat(found[0]?.amountMinor === minor, `the ${kind} ${no} of ${minor} fen says ${found[0]?.amountMinor}`);
      }
      for (const no of world.undone)
        expectThat(!lines.some((line) => line.orderNo === no), `the payment ${no} is there, and it was undone`);
    },
  },
  {
    id: 'statement-totals',
    rule: 'The totals of a statement are the sums of its lines.',
    advice: 'Count and add payments, refunds and fees separately, in integers.',
    section,
    needs: ['statement-whole'],
    async run(world) {
      const items = await itemsOf(world);
      const totals = items.at(-1);
      if (totals?.kind !== 'totals') throw new NotSeen('the statement cannot be read');
      const lines = await linesOf(world);
      for (const kind of ['payment', 'refund'] as const) {
        const own = lines.filter((line) => line.kind === kind);
        const sum = own.reduce((total, line) => total + line.amountMinor, 0n);
        const [count, minor] =
          kind === 'payment'
            ? [totals.paymentsCount, totals.paymentsMinor]
            : [totals.refundsCount, totals.refundsMinor];
        expectThat(count === own.length, `it counts ${count} ${kind}s and has ${own.length}`);
        expectThat(minor === sum, `its ${kind}s sum to ${sum}, and it says ${minor}`);
      }
      const fees = lines.reduce((total, line) => total + (line.feeMilli ?? 0n), 0n);
      expectThat(totals.feesMilli === fees, `its fees sum to ${fees}, and it says ${totals.feesMilli}`);
    },
  },
];

const DAY_MS = 86_400_000;

function shanghaiDay(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
}

const days = new WeakMap<CheckWorld, Promise<StatementItem[]>>();

/** The day is ended, and its statement fetched, once in a run. */
function itemsOf(world: CheckWorld): Promise<StatementItem[]> {
  const kept = days.get(world) ?? fetchDay(world);
  days.set(world, kept);
  return kept;
}

async function fetchDay(world: CheckWorld): Promise<StatementItem[]> {
  world.needHooks();
  const day = await world.buyer.endDay();
  const came = await world.client.get(`/statements/${day}`);
  if (came.status !== 200) throw new NotSeen(`the statement of ${day} was answered with ${told(came)}`);
  const { manifest, account } = world.parts;
  const config = { merchantNo: account.merchantNo, walletKeys: manifest.keys } as OpenConfig; // all that reading looks at
  const items: StatementItem[] = [];
  for await (const item of statement.read(config, came.body)) items.push(item);
  return items;
}

async function linesOf(world: CheckWorld): Promise<StatementLine[]> {
  return (await itemsOf(world)).filter(
    (item): item is StatementLine => item.kind === 'payment' || item.kind === 'refund',
  );
}
