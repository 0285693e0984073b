import type { AuditHead } from '../users/users-api.ts';
import { verifyAudit } from '../users/verify-audit.ts';
import { CliError, type Command, UsageError } from './command.ts';
import { toJson } from './print.ts';
import { withWalletOperator } from './with-wallet-operator.ts';

export const auditCommands: readonly Command[] = [
  {
    name: 'audit verify',
    summary: 'Walk the whole audit trail of the wallet; name the first line that is wrong',
    options: {
      head: {
        value: 'seq:hash',
        what: 'a head that the log told ("head of the audit chain"); finds a chain that was cut and put right',
      },
    },
    json: true,
    notes: ['Reads one unmoving picture and holds nobody up. Exit code 1 when a line is wrong.'],
    examples: ['hutong audit verify', 'hutong audit verify --head 4711:9f86d081…'],
    async run(deps, input) {
      const head = input.text('head');
      const knownHead = head === undefined ? null : readHead(head);
      await withWalletOperator(deps, async (operator) => {
        const finding = await verifyAudit(operator, operator.book, knownHead);
        if (finding.kind === 'broken') {
          const { seq, id, why } = finding;
          if (input.json) deps.terminal.print(toJson({ ok: false, seq, id, why }));
          const place = [
            seq === null ? 'a line that is not chained' : `line ${seq}`,
            ...(id === null ? [] : [`(${id})`]),
          ];
          throw new CliError(`The audit trail is wrong at ${place.join(' ')}: ${why}.`);
        }
        const { seq, hash } = finding.head;
        if (input.json)
          return deps.terminal.print(toJson({ ok: true, lines: finding.linesCount, head: { seq, hash } }));
        if (finding.linesCount === 0n) return deps.terminal.print('The audit trail is empty.');
        deps.terminal.print(`${finding.linesCount} lines, each signed and in its place.`);
        deps.terminal.print(`Head ${seq}:${hash}`);
      });
    },
  },
];

/** @throws UsageError */
function readHead(text: string): AuditHead {
  const [, seq, hash] = /^(\d{1,18}):([\da-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new UsageError('hutong audit verify: --head is a number, a colon and 64 hexadecimal digits');
  return { seq: BigInt(seq), hash };
}
