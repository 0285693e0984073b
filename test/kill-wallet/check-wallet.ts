import { readFileSync } from 'node:fs';
import { listClearingBreaks } from '../../src/clearing/read-clearing.ts';
import type { Sql } from '../../src/db/connect.ts';
import { BOOK, type Hutong } from '../../src/hutong.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import type { HutongWallet } from '../../src/open-wallet.ts';
import type { BankSandbox } from '../../src/sandbox/bank/bank.ts';
import { checkMovesAgainstLedger } from '../../src/transfers/check-moves.ts';
import { createFinder, formsOfDigits, type Needle } from '../find-bytes.ts';
import { PIN, type Somebody } from './people.ts';

/** I1, I2, I5: the ledger against itself, against the moves, and against what each bank says that it owes us. */
export async function compareLedger(
  { sql, ledger }: Pick<Hutong, 'sql' | 'ledger'>,
  { desk }: HutongWallet,
  bank: BankSandbox,
): Promise<string[]> {
  const verification = await verifyLedger({ sql });
  const check = await checkMovesAgainstLedger({ sql, ledger }, BOOK);
  const theirs = new Map<string, bigint>();
  for (const { bank: code, netFen } of bank.totals()) {
    const institution = desk.institutionOf(code) ?? code;
    theirs.set(institution, (theirs.get(institution) ?? 0n) + netFen);
  }
  const wrong = verification.ok ? [] : [verification.text];
  if (!bank.isBalanced()) wrong.push("the banks' own books do not agree");
  for (const { account, owner, movesMinor, ledgerMinor } of check.accounts) {
    if (movesMinor !== ledgerMinor) wrong.push(`${account} ${owner}: moves ${movesMinor}, ledger ${ledgerMinor}`);
    if (account === 'transit' && ledgerMinor !== 0n) wrong.push(`${ledgerMinor} fen are still in between`);
    if (account !== 'bank_clearing') continue;
    const owed = theirs.get(owner) ?? 0n;
    theirs.delete(owner);
    if (ledgerMinor !== owed) wrong.push(`bank_clearing ${owner}: ledger ${ledgerMinor}, the bank's books ${owed}`);
  }
  for (const [owner, owed] of theirs)
    if (owed !== 0n) wrong.push(`${owner} owes ${owed}, and the ledger knows nothing`);
  return wrong;
}

/** I11: what was reserved has ended as its move did, the counters are the sum of that, and no holder's own limit was passed. */
export async function compareLimits(sql: Sql): Promise<string[]> {
  const holds = await sql<{ line: string }[]>`
    select concat_ws(' ', id, kind, state, 'has its limits', coalesce(hold, 'not reserved')) as line
    from (
      select m.id, m.kind, m.state, h.state as hold
      from moves m left join limit_holds h on h.book = m.book and h.id = m.id
      where not m.was_refused and m.kind <> 'refund'
    ) as both_sides
    where hold is distinct from case when state = 'succeeded' then 'used' else 'released' end
    union all
    select concat_ws(' ', id, 'is reserved for no move') from limit_holds
    where not exists (select from moves where moves.book = limit_holds.book and moves.id = limit_holds.id)`;
  const counters = await sql<{ line: string }[]>`
    with summed as (
      select book, subject, rule, part.starts_on, sum(amount) as used
      from limit_holds h, unnest(h.subjects, h.rules, h.starts_on, h.amounts) as part (subject, rule, starts_on, amount)
      where state = 'used'
      group by 1, 2, 3, 4
    )
    select concat_ws(' ', subject, rule, starts_on, 'used', c.used, 'held', held, 'by the moves', coalesce(summed.used, 0)) as line
    from limit_counters c left join summed using (book, subject, rule, starts_on)
    where held <> 0 or c.used <> coalesce(summed.used, 0)`;
  const moved = await sql<{ line: string }[]>`
    with moved as (
      select book, user_id as subject, (created_at at time zone 'Asia/Shanghai')::date as starts_on, sum(amount_minor) as minor
      from moves where kind = 'transfer' and state = 'succeeded' group by 1, 2, 3
    )
    select concat_ws(' ', subject, starts_on, 'transferred', coalesce(minor, 0), 'counted', coalesce(used, 0)) as line
    from moved full join (select * from limit_counters where rule = 'transfer_user_day') as counted
      using (book, subject, starts_on)
    where coalesce(minor, 0) <> coalesce(used, 0)`;
  const passed = await sql<{ line: string }[]>`
    select concat_ws(' ', subject, c.rule, starts_on, 'used', used, 'of', max_value) as line
    from limit_counters c join limit_holder_figures f
      on f.book = c.book and f.user_id = c.subject and f.rule = c.rule and f.card_id = ''
    where used + held > max_value`;
  return [...holds, ...counters, ...moved, ...passed].map(({ line }) => line);
}

/** The switch's files of every day with money in it were compared, and nothing is left to explain. */
export async function compareClearing(sql: Sql): Promise<string[]> {
  const days = await sql<{ line: string }[]>`
    select concat_ws(' ', day, 'is not compared but', coalesce(state, 'unknown')) as line
    from (select distinct settlement_day as day from legs where settlement_day is not null) as moved
      left join clearing_days using (day)
    where state is distinct from 'compared'`;
  const filter = { book: BOOK, day: null, state: null, after: null, itemsMax: 1000 };
  const { breaks } = await listClearingBreaks(sql, filter);
  return [
    ...days.map(({ line }) => line),
    // What a later file has explained is explained; nobody closes one by hand here.
    ...breaks
      .filter(({ resolution }) => resolution === null || resolution === 'closed_by_operator')
      .map(
        ({ id, day, kind, cause, state, moveId, ours, theirs }) =>
          `${id} of ${day}: ${kind} ${cause} ${state} ${moveId} ours ${JSON.stringify(ours)} theirs ${JSON.stringify(theirs)}`,
      ),
  ];
}

/** I12. */
export async function checkAudit({ users }: HutongWallet): Promise<string[]> {
  const found = await users.verifyAudit(BOOK, null);
  return found.kind === 'whole' ? [] : [`line ${found.id ?? found.seq ?? '?'} of the audit chain: ${found.why}`];
}

/** I13: whatever the server wrote, and whatever it answered, no number of a card or phone and no name stands in it whole. */
export function findSecrets(people: readonly Somebody[], logFile: string): string[] {
  const needles = people.flatMap(({ person, cards, cookie }, index): Needle[] => [
    ...cards.flatMap(({ number }, at) => formsOfDigits(`card ${at} of person ${index}`, number)),
    ...formsOfDigits(`phone of person ${index}`, person.phone),
    { name: `ID number of person ${index}`, bytes: Buffer.from(person.idNumber) },
    { name: `name of person ${index}`, bytes: Buffer.from(person.name) },
    { name: `cookie of person ${index}`, bytes: Buffer.from(cookie) },
    { name: `PIN of person ${index}, named`, bytes: Buffer.from(`"${PIN}"`) },
  ]);
  const finder = createFinder(needles);
  const logged = finder.findIn(readFileSync(logFile));
  const told = people.flatMap(({ call }) => call.acknowledged.map(({ text }) => text));
  const answered = finder.findIn(Buffer.from(told.join('\n')));
  return [...[...logged].map((name) => `logged: ${name}`), ...[...answered].map((name) => `answered: ${name}`)];
}
