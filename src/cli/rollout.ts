import { readDecision } from '../cashier/operator-reads.ts';
import { explainDecision } from '../rollout/explain-decision.ts';
import type { PeoplesAction } from '../rollout/moves.ts';
import { armsAt } from '../rollout/plan.ts';
import { previewPlan } from '../rollout/preview-plan.ts';
import { readPlan } from '../rollout/read-plan.ts';
import { findPlans, replayDecision } from '../rollout/replay-decision.ts';
import { presentShare, type Rollout } from '../rollout/rollout.ts';
import { showPlan } from '../rollout/show-plan.ts';
import { type ShownRollout, showRollout, showRolloutInFull } from '../rollout/show-rollout.ts';
import { showShare } from '../rollout/units.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { printPreview, printReport } from './print-rollout.ts';
import { printRows, toJson } from './print.ts';
import { readDataFile } from './read-data-file.ts';
import { actOn, BY, withRollouts } from './with-rollouts.ts';

const LIST_MAX = 1000;
const BUYERS_USUAL = 100_000;
const BUYERS_MAX = 1_000_000_000;

const planWord = { name: 'plan', what: 'the file of the plan, YAML or JSON' };
const idWord = { name: 'rollout-id', what: 'rol_…' };
const reason = { value: 'text', what: 'why; kept for ever', required: true } as const;

/** Plans, and what people do with rollouts; `rollout simulate` stands in a file of its own. */
export const rolloutCommands: readonly Command[] = [
  {
    name: 'rollout plan',
    summary: 'Show what a plan would do before anything runs: steps, shares, earliest dates, what stops it',
    words: [planWord],
    options: { buyers: { value: 'count', what: `of how many buyers; ${BUYERS_USUAL} when left out` } },
    json: true,
    notes: [
      'Nothing is read or written but the plan. Dates are as if it started now, with every gate approved at once.',
    ],
    examples: ['hutong rollout plan plan.yaml', 'hutong rollout plan plan.yaml --buyers 5000000 --json'],
    async run(deps, input) {
      const plan = readPlan(await readDataFile(input.word('plan')));
      const buyers = input.count('buyers', { min: 1, max: BUYERS_MAX }) ?? BUYERS_USUAL;
      const preview = previewPlan(plan, deps.clock.now(), buyers);
      if (input.json) deps.terminal.print(toJson({ plan: showPlan(plan), ...preview }));
      else printPreview(deps.terminal, preview, buyers);
    },
  },
  {
    name: 'rollout create',
    summary: 'Create a rollout as a draft: it concerns nobody until it is started',
    words: [planWord],
    options: { reason: { ...reason, required: false } },
    json: true,
    examples: ['hutong rollout create plan.yaml'],
    async run(deps, input) {
      const plan = readPlan(await readDataFile(input.word('plan')));
      await withRollouts(deps, async (rollouts, { sql, book }) => {
        const because = { by: BY, reason: input.text('reason') ?? 'created' };
        const created = await sql.begin((tx) => rollouts.create(tx, book, plan, because));
        printMoved(deps.terminal, input.json, created);
        if (!input.json) deps.terminal.note(`Start it: hutong rollout start ${created.id} --reason …`);
      });
    },
  },
  {
    name: 'rollout list',
    summary: 'List the rollouts, newest first',
    json: true,
    examples: ['hutong rollout list'],
    async run(deps, input) {
      await withRollouts(deps, async (rollouts, { book }) => {
        const filter = { book, merchantId: null, before: null, itemsMax: LIST_MAX };
        printList(deps.terminal, input.json, (await rollouts.list(filter)).map(showRollout));
      });
    },
  },
  {
    name: 'rollout show',
    summary: 'Show a rollout: its share over time, what it waits for, and how each guardrail does',
    words: [idWord],
    json: true,
    examples: ['hutong rollout show rol_…'],
    async run(deps, input) {
      await withRollouts(deps, async (rollouts, { book }) => {
        const report = await rollouts.report({ book, id: input.word('rollout-id'), merchantId: null });
        if (input.json) deps.terminal.print(toJson(showRolloutInFull(report)));
        else printReport(deps.terminal, report);
      });
    },
  },
  actCommand('start', 'Start a rollout at its first step'),
  actCommand('pause', 'Keep its share as it is and do not advance'),
  actCommand('resume', 'Go on after a pause, or after a halt with counting anew'),
  actCommand('approve', 'Let a rollout that waits at a gate go on'),
  {
    name: 'rollout jump',
    summary: 'Go to another step, whatever the plan waits for',
    words: [idWord, { name: 'step', what: 'counted from 1' }],
    options: { reason },
    json: true,
    notes: ['At a smaller step, buyers who had the wallet lose it.'],
    examples: ['hutong rollout jump rol_… 3 --reason "quiet for a week"'],
    async run(deps, input) {
      const step = input.word('step');
      if (!/^\d{1,2}$/.test(step)) throw new UsageError('hutong rollout jump: <step> is a number, counted from 1');
      await withRollouts(deps, async (rollouts, operator) => {
        const act = { action: 'jump', step: Number(step) - 1 } as const;
        const moved = await actOn(rollouts, operator, input.word('rollout-id'), act, input.required('reason'));
        printMoved(deps.terminal, input.json, moved);
      });
    },
  },
  actCommand('halt', 'Hide the wallet on every node within a second, until somebody resumes it'),
  actCommand('roll_back', 'Hide the wallet for good: the rollout can only begin anew'),
  actCommand('retire', 'End a rollout: it has no effect any more, and whoever sees the shop sees the wallet'),
  {
    name: 'rollout change',
    summary: 'Change the plan: a new version, in which nobody loses the wallet',
    words: [idWord, planWord],
    options: { reason },
    json: true,
    examples: ['hutong rollout change rol_… plan.yaml --reason "slower at the start"'],
    async run(deps, input) {
      const plan = readPlan(await readDataFile(input.word('plan')));
      await withRollouts(deps, async (rollouts, operator) => {
        const act = { action: 'change', plan } as const;
        const moved = await actOn(rollouts, operator, input.word('rollout-id'), act, input.required('reason'));
        printMoved(deps.terminal, input.json, moved);
      });
    },
  },
  {
    name: 'rollout explain',
    summary: 'Why a buyer saw a staged wallet or did not, from what was kept with the payment, and made again',
    words: [{ name: 'payment-id', what: 'pay_…' }],
    json: true,
    examples: ['hutong rollout explain pay_…'],
    async run(deps, input) {
      await withRollouts(deps, async (rollouts, { book, cashier }) => {
        const decision = await readDecision(cashier, input.word('payment-id'));
        if (decision === null) {
          deps.terminal.note('Nothing had to be decided for this payment: no rollout concerned it.');
          return;
        }
        const planOf = await findPlans(decision, (id, version) => rollouts.planOf(book, id, version));
        const replays = replayDecision(decision, planOf);
        const lines = decision.wallets.map((one, at) => ({
          ...one,
          explanation: explainDecision(one),
          replay: replays[at]?.result ?? 'not_dealt',
        }));
        printRows(
          deps.terminal,
          input.json,
          lines,
          [
            { title: 'WALLET', show: (row) => row.wallet },
            { title: 'ARM', show: (row) => row.arm },
            { title: 'WHY', show: (row) => row.explanation.en },
            { title: 'MADE AGAIN', show: (row) => row.replay.replaceAll('_', ' ') },
          ],
          'There are no wallets.',
        );
      });
    },
  },
];

function actCommand(action: Exclude<PeoplesAction, 'jump'>, summary: string): Command {
  const name = `rollout ${action.replaceAll('_', '-')}`;
  return {
    name,
    summary,
    words: [idWord],
    options: { reason },
    json: true,
    examples: [`hutong ${name} rol_… --reason "…"`],
    async run(deps, input) {
      await withRollouts(deps, async (rollouts, operator) => {
        const moved = await actOn(rollouts, operator, input.word('rollout-id'), { action }, input.required('reason'));
        printMoved(deps.terminal, input.json, moved);
      });
    },
  };
}

function printMoved(terminal: Terminal, isJson: boolean, rollout: Rollout): void {
  if (isJson) {
    terminal.print(toJson(showRollout(rollout)));
    return;
  }
  const share = presentShare(rollout);
  const state = rollout.state.replaceAll('_', ' ');
  const first = showShare(armsAt(rollout.plan, 0).treatmentPpm);
  const seen = share === null ? `nobody is concerned; it would begin at ${first}` : `${showShare(share)} see it`;
  terminal.print(`${rollout.id}  ${rollout.plan.key}  ${state}, step ${rollout.step + 1}: ${seen}`);
}

function printList(terminal: Terminal, isJson: boolean, rows: readonly ShownRollout[]): void {
  printRows(
    terminal,
    isJson,
    rows,
    [
      { title: 'ID', show: (row) => row.id },
      { title: 'KEY', show: (row) => row.key },
      { title: 'MERCHANT', show: (row) => row.merchant_id ?? 'every' },
      { title: 'STATE', show: (row) => row.state.replaceAll('_', ' ') },
      { title: 'STEP', show: (row) => `${row.step} of ${row.steps_count}`, right: true },
      { title: 'SEE IT', show: (row) => (row.share_ppm === null ? '-' : showShare(row.share_ppm)), right: true },
      { title: 'STARTED', show: (row) => row.started_at ?? '-' },
    ],
    'There is no rollout yet: hutong rollout create <plan>',
  );
}
