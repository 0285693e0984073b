import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshDatabase } from '../../test/database.ts';
import { rootDir } from '../base/root.ts';
import { dumpSchema } from './dump-schema.ts';

const { sql } = await freshDatabase();

test('schema.sql shows the database that the migrations make (npx tsx scripts/write-schema.ts updates it)', async () => {
  const golden = await readFile(join(rootDir, 'src/db/schema.sql'), 'utf8');
  expect(await dumpSchema(sql)).toBe(golden);
});

test('every part of a table is shown', async () => {
  const before = await dumpSchema(sql);
  await sql.unsafe(`
    create type colour as enum ('red', 'green');
    create domain percent as integer check (value between 0 and 100);
    create table zoo (
      id bigint generated always as identity primary key, colour colour not null default 'red', share percent,
      twice integer generated always as (share * 2) stored, parent bigint references zoo (id), check (share <> 7)
    ) with (fillfactor = 71);
    create index zoo_colour on zoo (colour) where share > 5;
    create table days (day date not null, n integer) partition by range (day);
    create table days_2026 partition of days for values from ('2026-01-01') to ('2027-01-01');
    create view red as select id from zoo where colour = 'red';
    create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
    create trigger zoo_stays before delete on zoo for each row execute function refuse();
    comment on table zoo is 'it''s a zoo';
    comment on column zoo.share is 'in percent';
  `);
  const added = (await dumpSchema(sql)).split('\n').filter((line) => !before.split('\n').includes(line));
  for (const line of [
    `create type colour as enum ('red', 'green');`,
    `create domain percent as integer CHECK (VALUE >= 0 AND VALUE <= 100);`,
    `  id bigint not null generated always as identity,`,
    `  colour colour not null default 'red'::colour,`,
    `  constraint zoo_parent_fkey FOREIGN KEY (parent) REFERENCES zoo(id),`,
    `) with (fillfactor=71);`,
    `CREATE INDEX zoo_colour ON zoo USING btree (colour) WHERE ((share)::integer > 5);`,
    `) partition by RANGE (day);`,
    `create table days_2026 partition of days FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`,
    `create view red as`,
    `CREATE TRIGGER zoo_stays BEFORE DELETE ON zoo FOR EACH ROW EXECUTE FUNCTION refuse();`,
    `comment on table zoo is 'it''s a zoo';`,
    `comment on column zoo.share is 'in percent';`,
  ]) {
    expect(added).toContain(line);
  }
});
