import { Refusal } from '../base/refusal.ts';
import { EmbeddedError } from '../db/embedded-error.ts';
import { MigrationError } from '../db/migrate.ts';
import { VaultKeysError } from '../vault/vault-keys-error.ts';
import { CliError } from './command.ts';
import { explainDatabaseError } from './explain-database-error.ts';

/** One line for a person: what is wrong and, where we know it, what to do. */
export function explainError(error: unknown): string {
  return oneLine(explain(error)).replace(/\?\.$/, '?');
}

function explain(error: unknown): string {
  if (error instanceof Refusal) {
    const param = error.facts.param === undefined ? '' : `${error.facts.param}: `;
    return `${param}${error.message} (${error.code})`;
  }
  if (error instanceof CliError || error instanceof EmbeddedError || error instanceof MigrationError)
    return error.message;
  if (error instanceof VaultKeysError) return `The vault does not open: ${error.message} (HUTONG_MASTER_SECRET).`;
  const code = codeOf(error);
  if (code === 'EADDRINUSE') return `${listenPlace(error)} is in use. Stop what listens there, or choose another port.`;
  if (code === 'EACCES' && error instanceof Error && 'port' in error)
    return `${listenPlace(error)} may not be listened on by this user. Choose a port above 1023.`;
  const database = explainDatabaseError(error);
  if (database !== null) return `The database ${database}.`;
  const message = error instanceof Error ? error.message : String(error);
  return `Something went wrong inside hutong: ${message}. HUTONG_LOG=debug shows where.`;
}

function listenPlace(error: unknown): string {
  if (!(error instanceof Error)) return 'The port';
  const port = 'port' in error ? ` ${String(error.port)}` : '';
  const address = 'address' in error && typeof error.address === 'string' ? ` on ${error.address}` : '';
  return `Port${port}${address}`;
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
