import { hash } from 'node:crypto';
import { USER_AGENT_CHARS_MAX } from '../../base/limits.ts';
import { networkOf } from '../../net/network-of.ts';

/** 32 bits of a person for one day: nobody can go back from them, and without the salt nobody can try. The same salt always has the same length. */
export function hashPerson(salt: string, address: string, userAgent: string): number {
  const said = `${salt}${networkOf(address)}\n${userAgent.slice(0, USER_AGENT_CHARS_MAX)}`;
  return Number.parseInt(hash('sha256', said, 'hex').slice(0, 8), 16);
}
