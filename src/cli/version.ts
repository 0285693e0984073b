import type { Command } from './command.ts';
import { toJson } from './print.ts';

export const versionCommand: Command = {
  name: 'version',
  summary: 'Print the version',
  json: true,
  examples: ['hutong version'],
  async run(deps, input) {
    const { version } = deps;
    deps.terminal.print(input.json ? toJson({ version, node: process.version }) : `hutong ${version}`);
  },
};
