import { Refusal } from '../base/refusal.ts';
import { shanghaiDay } from '../base/shanghai.ts';
import type { Person, Session } from '../users/users.ts';
import type { CardsDeps } from './cards-deps.ts';
import { readIdNumber } from './id-number.ts';
import { isSameName, readPersonName } from './person-name.ts';

export interface GivenIdentity {
  name: string;
  idNumber: string;
  /** False when another person is known here: the bank is asked all the same, and the answer is that the details differ. */
  isOwn: boolean;
  person: Person;
}

/**
 * Name and ID number as they were typed, or as they are known when nothing was typed. @throws Refusal invalid_request where one is
 * missing or cannot be one
 */
export async function readIdentity(
  deps: CardsDeps,
  session: Session,
  input: { name: string | null; idNumber: string | null },
): Promise<GivenIdentity> {
  const person = await deps.users.readPerson(deps.sql, session.book, session.userId);
  if (person === null) throw new Refusal('not_found', 'there is no such person');
  const name = input.name === null ? person.name : readPersonName(input.name);
  if (name === null) throw new Refusal('invalid_request', 'the name as the bank has it is needed', { param: 'name' });
  const today = shanghaiDay(deps.clock.now());
  const idNumber = input.idNumber === null ? person.idNumber : readIdNumber(input.idNumber, today);
  if (idNumber === null)
    throw new Refusal('invalid_request', 'an ID number of 18 characters is needed', { param: 'id_number' });
  const isOwn =
    (person.name === null || isSameName(person.name, name)) &&
    (person.idNumber === null || person.idNumber === idNumber);
  // As it is known, so that banks are always told the same letters.
  return { name: isOwn && person.name !== null ? person.name : name, idNumber, isOwn, person };
}
