import { CARD_BALANCE_DEADLINE_MS } from '../base/limits.ts';
import type { IndexedRows } from '../vault/rotate.ts';
import { finishBinding, startBinding } from './bind-card.ts';
import type { Cards } from './cards.ts';
import type { CardsDeps, OpenCardsDeps } from './cards-deps.ts';
import { lookUpCard } from './check-number.ts';
import { renameCard, setDefaultCard, unbindAct, unbindCard } from './manage-cards.ts';
import { bindFound, findCards, findIssuers } from './one-tap.ts';
import { readImportNo, readPrefixRows } from './prefix-store.ts';
import { makePrefixTable } from './prefix-table.ts';
import { readBalances } from './read-balances.ts';
import { findReceivingCard, listCards, listCardsOf, openCards as openRows } from './read-cards.ts';
import { indexedCards, sweepCards } from './sweep-cards.ts';
import { verifyPerson } from './verify-person.ts';

/** `Cards` with what only main needs. */
export interface OpenedCards extends Cards {
  /** For the vault's rotation. */
  readonly indexed: IndexedRows;
  /** Takes over an operator's import of prefixes that another process made; `sweep` does it as well. */
  refreshPrefixes(): Promise<void>;
}

/** Opens cards with the table of prefixes as it is now. */
export async function openCards(given: OpenCardsDeps): Promise<OpenedCards> {
  let importNo = -1;
  let table = makePrefixTable({ rows: [], importNo: 0 });
  async function refreshPrefixes(): Promise<void> {
    if ((await readImportNo(given.sql)) === importNo) return;
    const own = await readPrefixRows(given.sql);
    table = makePrefixTable(own);
    importNo = own.importNo;
  }
  await refreshPrefixes();
  const deps: CardsDeps = {
    ...given,
    balanceDeadlineMs: given.balanceDeadlineMs ?? CARD_BALANCE_DEADLINE_MS,
    table: () => table,
  };
  return {
    lookUp: (number) => lookUpCard(deps, number),
    startBinding: (session, input) => startBinding(deps, session, input),
    finishBinding: (session, input) => finishBinding(deps, session, input),
    findIssuers: (session, input) => findIssuers(deps, session, input),
    findCards: (session, input) => findCards(deps, session, input),
    bindFound: (session, input) => bindFound(deps, session, input),
    list: (sql, book, userId) => listCards(deps, sql, book, userId),
    listOf: (sql, book, userIds) => listCardsOf(deps, sql, book, userIds),
    rename: (session, cardId, alias) => renameCard(deps, session, cardId, alias),
    setDefault: (session, cardId) => setDefaultCard(deps, session, cardId),
    unbindAct: (session, cardId) => unbindAct(deps, session, cardId),
    unbind: (session, cardId, proof) => unbindCard(deps, session, cardId, proof),
    balances: (session, options) => readBalances(deps, session, options),
    open: (sql, book, ids) => openRows(deps, sql, book, ids),
    receivingCard: (sql, book, userId) => findReceivingCard(deps, sql, book, userId),
    verifyPerson: (session, input) => verifyPerson(deps, session, input),
    async sweep() {
      await refreshPrefixes();
      return sweepCards(deps);
    },
    indexed: indexedCards(deps),
    refreshPrefixes,
  };
}
