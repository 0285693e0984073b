import { isConnectionLoss } from '../base/connection-loss.ts';

/** What goes after "The database …"; null when the error is not about reaching it. Never shows an address's password. */
export function explainDatabaseError(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = KNOWN[code];
  if (known !== undefined) return known;
  if (error instanceof Error && 'severity' in error) return `refused: ${error.message} (${code})`;
  return isConnectionLoss(error) ? `cannot be reached (${code})` : null;
}

const KNOWN: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'cannot be reached: nothing listens there. Is PostgreSQL running?',
  ECONNRESET: 'broke the connection: is there really a PostgreSQL?',
  ENOTFOUND: 'cannot be reached: there is no host of that name',
  EAI_AGAIN: 'cannot be reached: its host name cannot be looked up',
  EHOSTUNREACH: 'cannot be reached: there is no way to its host',
  ENETUNREACH: 'cannot be reached: there is no way to its host',
  ETIMEDOUT: 'cannot be reached: no answer',
  CONNECT_TIMEOUT: 'cannot be reached: no answer in time',
  CONNECTION_CLOSED: 'broke the connection: is there really a PostgreSQL?',
  CONNECTION_DESTROYED: 'broke the connection: is there really a PostgreSQL?',
  // PostgreSQL, appendix A: error codes.
  '28P01': 'does not accept the password',
  '28000': 'does not let this user in',
  '3D000': 'does not exist: the server has none of that name',
  '42P01': 'has none of our tables yet: hutong db migrate makes them',
  '42501': 'does not let this user do what is needed (create tables, read and write them)',
  '53300': 'server has no connection left for us',
  '57P03': 'is just starting or stopping; try again in a moment',
  '25006': 'is read-only: a standby cannot be used',
};
