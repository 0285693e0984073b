import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootDir } from '../base/root.ts';
import { migrate } from '../db/migrate.ts';
import type { Command } from './command.ts';
import { toJson } from './print.ts';
import { withDatabase } from './with-operator.ts';

export const dbCommands: readonly Command[] = [
  {
    name: 'db migrate',
    summary: 'Bring the database to today’s shape',
    json: true,
    notes: ['hutong start does the same. Nodes may do it at the same time; there is no way back.'],
    examples: ['DATABASE_URL=postgres://… hutong db migrate'],
    async run(deps, input) {
      await withDatabase(deps, async (sql) => {
        const ran = await migrate(sql);
        for (const migration of ran) deps.terminal.print(input.json ? toJson({ migration }) : `ran ${migration}`);
        if (ran.length === 0 && !input.json) deps.terminal.print('The database is up to date.');
      });
    },
  },
  {
    name: 'db schema',
    summary: 'Print the shape of the database as SQL',
    json: false,
    examples: ['hutong db schema > schema.sql'],
    async run(deps) {
      deps.terminal.print((await readFile(join(rootDir, 'src', 'db', 'schema.sql'), 'utf8')).trimEnd());
    },
  },
];
