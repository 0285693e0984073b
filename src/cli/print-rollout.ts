import { type PlanPreview, type StepPreview, tellDwell } from '../rollout/preview-plan.ts';
import type { RolloutReport } from '../rollout/report-rollout.ts';
import { presentShare, type Rollout } from '../rollout/rollout.ts';
import { showShare } from '../rollout/units.ts';
import type { Terminal } from './command.ts';
import { layOut } from './print.ts';

const BAR_LETTERS = 24;
const MOVES_SHOWN = 12;

/** What a plan would do: its steps with their earliest dates, and what stops it. */
export function printPreview(terminal: Terminal, preview: PlanPreview, buyers: number): void {
  const rows = layOut<StepPreview>(preview.steps, [
    { title: 'STEP', show: (row) => `${row.step}${row.isGate ? ' gate' : ''}` },
    { title: 'SEE IT', show: (row) => showShare(row.treatmentPpm), right: true },
    { title: 'HELD BACK', show: (row) => showShare(row.controlPpm), right: true },
    { title: `OF ${buyers} BUYERS`, show: (row) => `${row.buyersSee} and ${row.buyersHeldBack}`, right: true },
    { title: 'LASTS', show: tellDwell },
    { title: 'BEGINS AT THE EARLIEST', show: (row) => instant(row.beginsAt) },
    { title: 'ENDS', show: (row) => instant(row.endsAt) },
  ]);
  for (const line of rows) terminal.print(line);
  terminal.print('');
  terminal.print('What stops it:');
  for (const stop of preview.stops) terminal.print(`  - ${stop.en}`);
}

/** One rollout: where it stands, what it waits for, how each guardrail does, and its share over time. */
export function printReport(terminal: Terminal, report: RolloutReport): void {
  const { rollout, judgement, sharePpm, moves } = report;
  const { plan } = rollout;
  const share = sharePpm === null ? 'nobody' : showShare(sharePpm);
  const state = rollout.state.replaceAll('_', ' ');
  terminal.print(`${rollout.id}  ${plan.key}${plan.merchantId === null ? '' : ` at ${plan.merchantId}`}`);
  terminal.print(
    `${state}, step ${rollout.step + 1} of ${plan.steps.length}, version ${rollout.version}: ${share} see it`,
  );
  for (const other of report.beside) terminal.print(tellBeside(other));
  terminal.print(`It waits: ${report.waitsFor.en}`);
  terminal.print(`Verdict: ${judgement.verdict.replaceAll('_', ' ')}: ${judgement.reason.en}`);
  terminal.print('');
  printGuardrails(terminal, report);
  terminal.print('');
  terminal.print('Share over time:');
  for (const move of moves.slice(-MOVES_SHOWN)) {
    const length = move.sharePpm === 0 ? 0 : Math.max(1, Math.round((move.sharePpm / 1_000_000) * BAR_LETTERS));
    const bar = '█'.repeat(length) + '·'.repeat(BAR_LETTERS - length);
    const what = `${move.action.replaceAll('_', ' ')} by ${move.by}`;
    terminal.print(
      `  ${instant(move.movedAt)}  ${bar} ${showShare(move.sharePpm).padStart(6)}  ${what}: ${move.reason}`,
    );
  }
}

/** Both must show the wallet: what the other one does is half of the story. */
function tellBeside({ id, plan, state, ...other }: Rollout): string {
  const share = presentShare({ plan, state, ...other });
  const whose = plan.merchantId === null ? 'every shop' : plan.merchantId;
  return `Beside it ${id} of ${whose} (${state.replaceAll('_', ' ')}, ${share === null ? 'nobody' : showShare(share)}): only who is shown the wallet by both sees it`;
}

function printGuardrails(terminal: Terminal, { judgement }: RolloutReport): void {
  const rate = ({ n, bad }: { n: number; bad: number }): string =>
    n === 0 ? '-' : `${((100 * bad) / n).toFixed(2)}% of ${n}`;
  const points = (part: number | null): string => (part === null ? '-' : (100 * part).toFixed(2));
  const rows = layOut(judgement.figures.guardrails, [
    { title: 'GUARDRAIL', show: (row) => row.metric },
    { title: 'STATE', show: (row) => row.state.replaceAll('_', ' ') },
    { title: 'SEE IT', show: (row) => rate(row.treatment), right: true },
    { title: 'HELD BACK', show: (row) => rate(row.control), right: true },
    { title: 'WORSE BY POINTS', show: (row) => points(row.worse), right: true },
    { title: 'AT LEAST', show: (row) => points(row.atLeast), right: true },
    { title: 'TOLERATED', show: (row) => points(row.tolerated), right: true },
  ]);
  for (const line of rows) terminal.print(line);
  const { floor } = judgement.figures;
  if (floor !== null)
    terminal.print(
      `Floor: ${floor.failures} of the wallet's last ${floor.seen} attempts failed; ${floor.allowed} halt it`,
    );
}

function instant(at: Date | null): string {
  return at === null ? 'never' : `${at.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
