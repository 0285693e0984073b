import type { CardNumber } from '../base/card-number.ts';
import { readPhone } from '../users/phone.ts';
import type { Session } from '../users/users.ts';
import { confirmDetails } from './ask-issuer.ts';
import type { CardsDeps } from './cards-deps.ts';
import { findBoundByIndex } from './card-store.ts';
import { checkNumber } from './check-number.ts';
import { readIdentity } from './identity.ts';

/**
 * For a forgotten PIN: the four elements of a card that this person has bound, confirmed by its bank. A right card that is somebody else's
 * is asked about as well and refused like a wrong one.
 */
export async function verifyPerson(
  deps: CardsDeps,
  session: Session,
  input: { number: CardNumber; name: string; idNumber: string; phone: string },
): Promise<void> {
  const { book, userId } = session;
  const { number } = input;
  const phone = readPhone(input.phone);
  const { issuer } = checkNumber(deps, number);
  const { name, idNumber, isOwn, person } = await readIdentity(deps, session, input);
  const indexes = deps.vault.indexesOf(number).map(({ index }) => index);
  const bound = await findBoundByIndex(deps.sql, book, userId, indexes);
  await confirmDetails(deps, session, {
    number,
    issuer,
    identity: { name, idNumber, phone },
    isOwn: isOwn && person.idNumber !== null && bound.length > 0,
  });
}
