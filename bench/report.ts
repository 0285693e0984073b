import type { CodecBench } from './codec.ts';
import type { DecisionsBench } from './decisions.ts';
import { formatMeasured, formatRate, formatRatios, formatTable, type Machine, median } from './harness.ts';
import type { KoulingBench } from './kouling.ts';
import type { LedgerBench } from './ledger.ts';
import type { OpensBench } from './opens.ts';
import type { PaymentsBench } from './payments.ts';
import type { PreviewsBench } from './previews.ts';
import type { QuoteBench } from './quote.ts';
import type { ReconcileBench } from './reconcile.ts';
import type { StagedBench } from './staged.ts';
import type { TransfersBench } from './transfers.ts';
import { BARE, type WalletsBench } from './wallets.ts';

export interface BenchReport {
  /** ISO day, UTC. */
  date: string;
  /** Short name of the commit that was measured; null outside a git checkout. */
  commit: string | null;
  quick: boolean;
  ledger: LedgerBench | null;
  payments: PaymentsBench | null;
  wallets: WalletsBench | null;
  reconcile: ReconcileBench | null;
  codec: CodecBench | null;
  transfers: TransfersBench | null;
  staged: StagedBench | null;
  quote: QuoteBench | null;
  decisions: DecisionsBench | null;
  opens: OpensBench | null;
  previews: PreviewsBench | null;
  kouling: KoulingBench | null;
}

/** docs/benchmarks.md, and what the command prints. */
export function formatReport(report: BenchReport): string {
  const { ledger, payments, staged, wallets, reconcile, codec, transfers, quote, decisions, opens, previews, kouling } =
    report;
  const machine = [
    ledger,
    payments,
    staged,
    transfers,
    wallets,
    reconcile,
    codec,
    quote,
    decisions,
    opens,
    previews,
    kouling,
  ].find((part) => part !== null)?.machine;
  const parts = [
    INTRODUCTION,
    ...(machine === undefined ? [] : [machinePart(report, machine)]),
    ...([payments, staged, ledger, reconcile, codec, transfers, quote, decisions, opens, previews, kouling].every(
      (part) => part === null,
    )
      ? []
      : [goalsPart(report)]),
    ...(payments === null ? [] : [paymentsPart(payments)]),
    ...(staged === null ? [] : [stagedPart(staged)]),
    ...(wallets === null ? [] : [walletsPart(wallets)]),
    ...(reconcile === null ? [] : [reconcilePart(reconcile)]),
    ...(transfers === null ? [] : [transfersPart(transfers)]),
    ...(ledger === null ? [] : [ledgerPart(ledger)]),
    ...(codec === null ? [] : [codecPart(codec)]),
    ...(quote === null ? [] : [quotePart(quote)]),
    ...(decisions === null ? [] : [decisionsPart(decisions)]),
    ...(opens === null ? [] : [opensPart(opens)]),
    ...(previews === null ? [] : [previewsPart(previews)]),
    ...(kouling === null ? [] : [koulingPart(kouling)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

const INTRODUCTION = `# Benchmarks

This page is written by a command; run it on a machine that has nothing else to do:

\`\`\`
npm run bench                     # everything; writes this page
npm run bench -- --quick          # a few minutes, less certain; only prints
npm run bench -- --full           # also the ledger after ten million transfers
npm run bench -- --only payments  # or: staged, wallets, reconcile, ledger, codec, transfers, quote, decisions, opens, previews, kouling
npm run bench -- --json           # one JSON object
npm run bench -- --write          # writes this page also after --quick; after --only, that part of it
\`\`\`

Numbers of two machines, or of two runs, say little beside each other. Within one run every case is measured once per round,
round after round, so that what else the machine does meets all of them alike: trust the ratios, and the processor time per payment.`;

function machinePart({ date, commit, quick }: BenchReport, machine: Machine & { postgres?: string }): string {
  const { processor, cores, memoryGb, node, platform, postgres } = machine;
  return [
    '## Machine',
    list([
      `${processor}, ${cores} cores, ${memoryGb} GB`,
      [`Node ${node}`, ...(postgres === undefined ? [] : [`PostgreSQL ${postgres}`]), platform].join(', '),
      `measured on ${date}${commit === null ? '' : `, commit ${commit}`}${quick ? ', a quick run' : ''}`,
    ]),
  ].join('\n\n');
}

function goalsPart({
  ledger,
  payments,
  staged,
  reconcile,
  codec,
  transfers,
  quote,
  decisions,
  opens,
  previews,
  kouling,
}: BenchReport): string {
  const rows: string[][] = [];
  for (const { name, value, goal, reached } of [
    payments?.goal,
    transfers?.goal,
    reconcile?.goal,
    codec?.goal,
    decisions?.goal,
    previews?.goal,
    kouling?.goal,
  ].filter((one) => one !== undefined))
    rows.push([name, formatRate(value), `≥ ${formatRate(goal)}`, inWords(reached)]);
  if (opens !== null) {
    for (const { name, value, goal, reached } of opens.perCoreSecond.filter(({ isGoal }) => isGoal))
      rows.push([`${name}, a second of one core`, formatRate(value), `≥ ${formatRate(goal)}`, inWords(reached)]);
    const { rate, p99Ms, goalMs, isReached } = opens.latency;
    rows.push([`opens, p99 at ${formatRate(rate)} a second`, `${p99Ms} ms`, `< ${goalMs} ms`, inWords(isReached)]);
    for (const { name, value, goal, reached } of opens.ratios)
      rows.push([name, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  }
  if (transfers !== null) {
    const { cards, extraMs, reached } = transfers.balances;
    rows.push([
      `balances of ${cards} cards above the slowest bank`,
      `${extraMs.toFixed(1)} ms`,
      '≤ 20 ms',
      inWords(reached),
    ]);
  }
  for (const { name, value, goal, reached } of staged?.ratios ?? [])
    rows.push([`payments, ${name}`, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  if (quote !== null) {
    const { name, value, goal, reached } = quote.goal;
    rows.push([name, `${value.toFixed(2)} ms`, `< ${goal} ms`, inWords(reached)]);
  }
  for (const { name, value, goal, reached } of reconcile?.ratios ?? [])
    rows.push([name, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  for (const { name, value, goal, reached } of codec?.ratios ?? [])
    rows.push([`bank messages, ${name}`, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  for (const { name, value, goal, reached } of decisions?.ratios ?? [])
    rows.push([`decisions, ${name}`, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  for (const { name, value, goal, reached } of previews?.ratios ?? [])
    rows.push([name, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  for (const { name, value, goal, reached } of kouling?.ratios ?? [])
    rows.push([`pasted ${name}`, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  for (const { name, value, goal, reached } of ledger?.ratios ?? [])
    rows.push([`ledger, ${name}`, value.toFixed(2), `≥ ${goal}`, inWords(reached)]);
  return `## Goals\n\n${formatTable(['goal', 'measured', 'wanted', ''], rows)}`;
}

function inWords(reached: boolean): string {
  return reached ? 'reached' : 'missed';
}

function paymentsPart(payments: PaymentsBench): string {
  const { measured, levels, bareInsertsPerPayment: bare, halfLoad, machine } = payments;
  const cpuRows = levels.map(({ inFlight, cpuMs, machineBusy }) => {
    const each = [cpuMs.hutong, cpuMs.postgres, cpuMs.simulator, cpuMs.shop];
    const all = each.reduce((sum, ms) => sum + ms, 0);
    return [`${inFlight} in flight`, ...[...each, all].map((ms) => ms.toFixed(2)), percent(machineBusy)];
  });
  const cpuHead = ['CPU ms per payment', 'Hutong', 'PostgreSQL', 'simulator', 'shop', 'together', 'machine busy'];
  const halfRows = halfLoad.rows.map(({ name, p50Ms, p99Ms }) => [name, p50Ms.toFixed(1), p99Ms.toFixed(1)]);
  return [
    '## Whole payments',
    list(payments.method),
    formatMeasured(measured),
    `One whole payment takes the time of ${bare.value.toFixed(1)} bare durable inserts (${bare.least.toFixed(1)} to ${bare.most.toFixed(1)}, round by round).`,
    '### What bounds it',
    formatTable(cpuHead, cpuRows),
    whatBounds(payments, machine.cores),
    `### Time that Hutong adds, at half the load (${formatRate(halfLoad.ratePerSecond)} payments begun a second)`,
    formatTable(['milliseconds', 'p50', 'p99'], halfRows),
  ].join('\n\n');
}

/** Says in words how far the processors explain the rate. */
export function whatBounds({ levels, measured, rsa, goal }: PaymentsBench, cores: number): string {
  const best = levels.find(({ inFlight }) =>
    measured.find((one) => one.median === goal.value)?.name.includes(` ${inFlight} `),
  );
  if (best === undefined) return 'Nothing was measured.';
  const together = Object.values(best.cpuMs).reduce((sum, ms) => sum + ms, 0);
  const ceiling = (cores * 1000) / together;
  const used = goal.value / ceiling;
  const signaturesMs = (3 * (rsa.signUs + rsa.verifyUs)) / 1000;
  return [
    `${cores} cores give ${cores * 1000} ms of processor time a second, and a payment takes ${together.toFixed(2)} ms of them in all four processes, so at most ${formatRate(ceiling)} fit. Measured were ${formatRate(goal.value)}, ${percent(used)} of that. ${verdict(used, best.machineBusy)}`,
    `On this machine an RSA-2048 signature costs ${rsa.signUs.toFixed(0)} µs of processor time on the thread pool, and checking one ${rsa.verifyUs.toFixed(0)} µs. A payment has three of each: our order and the simulator's answer and notification are signed, and each is checked by the other side (one signature and two checks are Hutong's). Together that is ${signaturesMs.toFixed(2)} ms, ${percent(signaturesMs / together)} of a payment; on a real day the simulator and the shop run on other people's machines.`,
  ].join('\n\n');
}

function verdict(used: number, machineBusy: number): string {
  if (used >= 0.8) return 'Processor time is what bounds it.';
  const busy = `The machine was ${percent(machineBusy)} busy`;
  if (machineBusy >= 0.9) return `${busy}: other programs took the rest, so a quiet machine does more.`;
  return `${busy}: the rest was spent waiting, for commits and for each other.`;
}

function transfersPart(transfers: TransfersBench): string {
  const { measured, levels, railPerTransfer: rail, balances, agrees, goal, machine } = transfers;
  const cpuRows = levels.map(({ inFlight, cpuMs: { wallet, postgres, banks } }) => [
    `${inFlight} in flight`,
    ...[wallet, postgres, banks, wallet + postgres + banks].map((ms) => ms.toFixed(2)),
  ]);
  const together = Math.min(...levels.map(({ cpuMs: { wallet, postgres, banks } }) => wallet + postgres + banks));
  const ceiling = (machine.cores * 1000) / together;
  return [
    '## Transfers over the bank rail',
    list(transfers.method),
    formatMeasured(measured),
    `The floor does ${rail.value.toFixed(1)} pairs of messages in the time of one whole transfer (${rail.least.toFixed(1)} to ${rail.most.toFixed(1)}, round by round). After all rounds the banks' books, the moves and the ledger ${agrees ? 'agreed to the fen' : 'DID NOT AGREE'}.`,
    formatTable(['CPU ms per transfer', 'wallet', 'PostgreSQL', 'banks', 'together'], cpuRows),
    `${machine.cores} cores give ${machine.cores * 1000} ms of processor time a second, and a transfer takes ${together.toFixed(2)} ms of them in all three processes, so at most ${formatRate(ceiling)} a second fit; measured were ${formatRate(goal.value)}, ${percent(goal.value / ceiling)} of that.`,
    `Ten balances of ten banks, one of which answers ${balances.slowestMs} ms late: all were there after ${balances.p50Ms.toFixed(1)} ms (p50) and ${balances.p99Ms.toFixed(1)} ms (p99), ${balances.extraMs.toFixed(1)} ms after the slowest.`,
  ].join('\n\n');
}

/** Each wallet beside the bare route of the same round: bare inserts for each payment. */
function walletsPart({ method, measured }: WalletsBench): string {
  const bare = measured.find(({ name }) => name === BARE);
  const rows = measured
    .filter((one) => one !== bare)
    .map(({ name, rounds }) => {
      const ratios = rounds.map((rate, index) => (bare?.rounds[index] ?? Number.NaN) / rate);
      return [name, median(ratios).toFixed(1), Math.min(...ratios).toFixed(1), Math.max(...ratios).toFixed(1)];
    });
  return [
    '## Each wallet',
    list(method),
    formatMeasured(measured),
    formatTable(['bare durable inserts in the time of one payment', 'median', 'least', 'most'], rows),
  ].join('\n\n');
}

function reconcilePart({ method, measured, ratios, seconds, cpuSeconds, grownMb }: ReconcileBench): string {
  const { fifth, whole } = grownMb;
  const words = `One bill took ${seconds.toFixed(1)} s by the clock and ${cpuSeconds.toFixed(1)} s of our process's processor time. The process grew by ${fifth.toFixed(0)} MB for a fifth of the lines and by ${whole.toFixed(0)} MB for all of them.`;
  return ["## A day's bill", list(method), formatMeasured(measured), formatRatios(ratios), words].join('\n\n');
}

function ledgerPart({ method, measured, ratios }: LedgerBench): string {
  return ['## Ledger', list(method), formatMeasured(measured), formatRatios(ratios)].join('\n\n');
}

function codecPart({ method, measured, ratios }: CodecBench): string {
  return ['## Bank messages', list(method), formatMeasured(measured), formatRatios(ratios)].join('\n\n');
}

function quotePart({ method, measured }: QuoteBench): string {
  return ['## Quotes of offers', list(method), formatMeasured(measured)].join('\n\n');
}

function decisionsPart({ method, measured, ratios }: DecisionsBench): string {
  return ['## Decisions of rollouts', list(method), formatMeasured(measured), formatRatios(ratios)].join('\n\n');
}

function koulingPart({ method, measured, ratios }: KoulingBench): string {
  return ['## Pasted texts', list(method), formatMeasured(measured), formatRatios(ratios)].join('\n\n');
}

function previewsPart({ method, measured, ratios }: PreviewsBench): string {
  return ["## Previews of others' pages", list(method), formatMeasured(measured), formatRatios(ratios)].join('\n\n');
}

function opensPart({ method, measured, ratios, perCoreSecond, latency, counted }: OpensBench): string {
  const count = (value: number) => value.toLocaleString('en');
  return [
    '## Opens of links',
    list(method),
    formatMeasured(measured),
    formatRatios(ratios),
    formatTable(
      ['a second of one core', ''],
      perCoreSecond.map(({ name, value }) => [name, formatRate(value)]),
    ),
    list([
      `at ${formatRate(latency.reached)} a second: p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms`,
      `${count(counted.sent)} opens were sent, ${count(counted.answered)} were answered before autocannon hung up, ${count(counted.counted)} are written as counted`,
    ]),
  ].join('\n\n');
}

function stagedPart({ method, measured, cpu, ratios }: StagedBench): string {
  const rows = cpu.map(({ name, hutongMs, postgresMs }) => [name, hutongMs.toFixed(2), postgresMs.toFixed(2)]);
  return [
    '## Payments with offers and a staged wallet',
    list(method),
    formatMeasured(measured),
    formatRatios(ratios),
    formatTable(['CPU ms per payment', 'Hutong', 'PostgreSQL'], rows),
  ].join('\n\n');
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
