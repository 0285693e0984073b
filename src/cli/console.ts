import {
  createOperatorLink,
  endOperatorSession,
  listOperatorSessions,
  type OperatorSession,
  type OperatorsDeps,
  stateOf,
} from '../operators/operator-sessions.ts';
import {
  OPERATOR_SESSION_MS_MAX,
  OPERATOR_SESSION_MS_USUAL,
  OPERATOR_SESSIONS_SHOWN_MAX,
} from '../operators/session-limits.ts';
import { readDuration, showDuration } from '../rollout/units.ts';
import { type CliDeps, type Command, UsageError } from './command.ts';
import { printRows, toJson } from './print.ts';
import { publicUrlOf, withOperator } from './with-operator.ts';

const MINUTE_MS = 60_000;
const NAME_USUAL = 'operator';

/** Who may use the operator's pages in a browser. */
export const consoleCommands: readonly Command[] = [
  {
    name: 'console link',
    summary: "Print a link to the operator's pages: it works once, within ten minutes",
    options: {
      name: { value: 'name', what: `whom it is for, as it is written with what they do; ${NAME_USUAL} when left out` },
      for: {
        value: 'time',
        what: `how long they may stay, such as 90m or 2d; ${showDuration(OPERATOR_SESSION_MS_USUAL)} when left out, ${showDuration(OPERATOR_SESSION_MS_MAX)} at most`,
      },
    },
    json: true,
    notes: [
      'Whoever opens it first is let in: hand it over where nobody else reads it. Only a hash of it is kept.',
      'A session ends by itself after half an hour in which nobody did anything.',
    ],
    examples: ['hutong console link --name zhang', 'hutong console link --name zhang --for 90m'],
    async run(deps, input) {
      const lastsMs = readLasting(input.text('for'));
      await withOperators(deps, async (operators, publicUrl) => {
        const { session, code } = await createOperatorLink(operators, {
          operator: input.text('name') ?? NAME_USUAL,
          lastsMs,
        });
        const link = `${publicUrl}/console/enter?link=${code.reveal()}`;
        if (input.json) return deps.terminal.print(toJson({ ...showSession(session, deps.clock.now()), link }));
        deps.terminal.print(link);
        deps.terminal.note(
          `For ${session.operator}: works once, until ${session.linkUntil.toISOString()}. End it: hutong console end ${session.id}`,
        );
      });
    },
  },
  {
    name: 'console sessions',
    summary: "List who may use the operator's pages, the newest first",
    json: true,
    examples: ['hutong console sessions'],
    async run(deps, input) {
      await withOperators(deps, async (operators) => {
        const now = deps.clock.now();
        const sessions = await listOperatorSessions(operators, OPERATOR_SESSIONS_SHOWN_MAX);
        printRows(
          deps.terminal,
          input.json,
          sessions.map((session) => showSession(session, now)),
          [
            { title: 'ID', show: (row) => row.id },
            { title: 'NAME', show: (row) => row.name },
            { title: 'STATE', show: (row) => row.state.replaceAll('_', ' ') },
            { title: 'MADE', show: (row) => row.created_at },
            { title: 'OPENED', show: (row) => row.opened_at ?? '-' },
            { title: 'LAST SEEN', show: (row) => row.seen_at ?? '-' },
            { title: 'ENDS', show: (row) => row.ends_at ?? '-' },
          ],
          'Nobody was let in yet: hutong console link',
        );
      });
    },
  },
  {
    name: 'console end',
    summary: 'End a session of the console, or a link that nobody has opened: it lets nobody in any more',
    words: [{ name: 'session-id', what: 'ops_…, as hutong console sessions shows it' }],
    json: true,
    examples: ['hutong console end ops_…'],
    async run(deps, input) {
      await withOperators(deps, async (operators) => {
        const id = input.word('session-id');
        await endOperatorSession(operators, id);
        deps.terminal.print(input.json ? toJson({ id, ended: true }) : `${id} is ended.`);
      });
    },
  },
];

function readLasting(text: string | undefined): number {
  const ms = text === undefined ? OPERATOR_SESSION_MS_USUAL : readDuration(text);
  if (ms === null || ms < MINUTE_MS || ms > OPERATOR_SESSION_MS_MAX)
    throw new UsageError(`--for is from 1m to ${showDuration(OPERATOR_SESSION_MS_MAX)}, such as 90m or 2d`);
  return ms;
}

async function withOperators(
  deps: CliDeps,
  work: (operators: OperatorsDeps, publicUrl: string) => Promise<void>,
): Promise<void> {
  await withOperator(deps, async ({ sql, book, cashier, settings }) => {
    const { clock, random } = deps;
    await work({ sql, clock, random, log: cashier.log, book }, publicUrlOf(settings));
  });
}

function showSession(session: OperatorSession, now: Date) {
  return {
    id: session.id,
    name: session.operator,
    state: stateOf(session, now),
    created_at: session.createdAt.toISOString(),
    opened_at: session.openedAt?.toISOString() ?? null,
    seen_at: session.seenAt?.toISOString() ?? null,
    ends_at: session.endsAt?.toISOString() ?? null,
  };
}
