import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface UserAgentRow {
  app: string;
  os: string;
  device: string;
  version: string | null;
  text: string;
}

/** The table beside this file: captured user agents and what each should be read as. */
export const userAgents: readonly UserAgentRow[] = readFileSync(
  join(import.meta.dirname, 'test-user-agents.txt'),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [app = '', os = '', device = '', version = '-', text = ''] = line.split('\t');
    return { app, os, device, version: version === '-' ? null : version, text };
  });
