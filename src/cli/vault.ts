import { rotateVault, type VaultStatus, vaultStatus } from '../vault/rotate.ts';
import { CliError, type Command, type Terminal } from './command.ts';
import { printRows, toJson } from './print.ts';
import { openOperatorVault, withWalletOperator } from './with-wallet-operator.ts';

const SECRETS =
  "It opens the vault as a server does, under the master secrets that are set here: the newest of them is from then on the vault's newest.";
/** How much is changed between two lines that tell how far it is. */
const TELL_EVERY = 5000;

export const vaultCommands: readonly Command[] = [
  {
    name: 'vault status',
    summary: 'Say under which master secret card numbers and people are sealed, and what is left to change over',
    json: true,
    notes: [SECRETS],
    examples: ['hutong vault status', 'hutong vault status --json'],
    async run(deps, input) {
      await withWalletOperator(deps, async (operator) => {
        print(deps.terminal, input.json, await vaultStatus(await openOperatorVault(operator)));
      });
    },
  },
  {
    name: 'vault rotate',
    summary: 'Change everything that is sealed over to the newest master secret, now',
    json: true,
    notes: [
      'A running server does it by itself, a piece a minute; this does it at once, beside it or without it, and can be stopped at any point.',
      'First put the new secret behind the old one on every node, then in front of it. When this says so, the old one can go.',
      SECRETS,
    ],
    examples: ['hutong vault rotate'],
    async run(deps, input) {
      await withWalletOperator(deps, async (operator) => {
        const opened = await openOperatorVault(operator);
        let done = 0;
        for (let changed = await rotateVault(opened); changed > 0; changed = await rotateVault(opened)) {
          if (Math.floor((done + changed) / TELL_EVERY) > Math.floor(done / TELL_EVERY))
            deps.terminal.note(`${done + changed} changed over …`);
          done += changed;
        }
        const status = await vaultStatus(opened);
        print(deps.terminal, input.json, status);
        if (!status.isDone)
          throw new CliError(
            'Something is left: it does not open (HUTONG_LOG=info tells which), or another node has a newer master secret.',
          );
        if (!input.json) deps.terminal.note(`${done} changed over. Older master secrets can be removed.`);
      });
    },
  },
];

function print(terminal: Terminal, isJson: boolean, status: VaultStatus): void {
  const { currentKek, dataKeys, dataKeysLeft, indexVersion, indexesLeft, isDone } = status;
  if (isJson)
    return terminal.print(
      toJson({
        current_key: currentKek,
        data_keys: dataKeys.map(({ kek, count, isConfigured }) => ({ key: kek, count, is_configured: isConfigured })),
        data_keys_left: dataKeysLeft,
        index_version: indexVersion,
        indexes_left: Object.fromEntries(indexesLeft.map(({ name, count }) => [name, count])),
        is_done: isDone,
      }),
    );
  printRows(
    terminal,
    false,
    [
      ...dataKeys.map(({ kek, count }) => ({
        what: 'data keys',
        under: kek,
        count,
        left: kek === currentKek ? 0 : count,
      })),
      ...indexesLeft.map(({ name, count }) => ({
        what: `indexes of ${name}`,
        under: `version ${indexVersion}`,
        count: null,
        left: count,
      })),
    ],
    [
      { title: 'WHAT', show: (row) => row.what },
      { title: 'UNDER', show: (row) => row.under },
      { title: 'COUNT', show: (row) => `${row.count ?? '-'}`, right: true },
      { title: 'TO CHANGE OVER', show: (row) => `${row.left}`, right: true },
    ],
    '',
  );
  terminal.print(
    `The newest key is ${currentKek}. ${isDone ? 'Everything is under it.' : 'Not everything is under it yet: hutong vault rotate'}`,
  );
}
