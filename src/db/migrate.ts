import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootDir } from '../base/root.ts';
import type { Sql, Tx } from './connect.ts';

const MIGRATIONS_MAX = 10_000;
/** Any number will do, as long as every version of us uses the same one. */
const MIGRATION_LOCK = 4_886_011n;

/** Code and database do not fit together; the message is one line for the operator. */
export class MigrationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MigrationError';
  }
}

interface Migration {
  number: number;
  name: string;
  text: string;
  checksum: string;
}

interface Applied {
  number: number;
  name: string;
  checksum: string;
}

export const migrationsDir = join(rootDir, 'src', 'db', 'migrations');

/**
 * Brings the database to today's shape and tells the names of the files it ran. Files run in order of their number, each
 * in one transaction under a lock that every node takes, so nodes may start together. There is no way back.
 * @throws MigrationError when a file that has run was edited, or the database is newer than the code
 */
export async function migrate(sql: Sql, dir: string = migrationsDir): Promise<string[]> {
  const migrations = await readMigrations(dir);
  const ran: string[] = [];
  for (let step = 0; step <= MIGRATIONS_MAX; step++) {
    const name = await sql.begin((tx) => runNext(tx, migrations));
    if (name === undefined) return ran;
    ran.push(name);
  }
  throw new MigrationError(`There are more than ${MIGRATIONS_MAX} migrations.`);
}

async function runNext(tx: Tx, migrations: readonly Migration[]): Promise<string | undefined> {
  await tx`set local lock_timeout = 0`;
  await tx`set local statement_timeout = 0`;
  await tx`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
  await tx`
    create table if not exists migrations (
      number     integer     primary key,
      name       text        not null,
      checksum   text        not null,
      applied_at timestamptz not null default now()
    )`;
  const applied = await tx<Applied[]>`select number, name, checksum from migrations order by number`;
  checkApplied(applied, migrations);
  const next = migrations[applied.length];
  if (!next) return undefined;
  await runText(tx, next);
  await tx`insert into migrations (number, name, checksum) values (${next.number}, ${next.name}, ${next.checksum})`;
  return next.name;
}

function checkApplied(applied: readonly Applied[], migrations: readonly Migration[]): void {
  for (const [index, row] of applied.entries()) {
    const file = migrations[index];
    if (!file) {
      throw new MigrationError(
        `The database is newer than this program: it has run ${row.name}. Install the newer version.`,
      );
    }
    if (file.name !== row.name || file.checksum !== row.checksum) {
      throw new MigrationError(
        `The migration ${file.name} is not the one that the database has run (${row.name}). A file that has run is never edited; add a new one.`,
      );
    }
  }
}

async function runText(tx: Tx, migration: Migration): Promise<void> {
  try {
    await tx.unsafe(migration.text);
  } catch (error) {
    throw new MigrationError(
      `The migration ${migration.name} failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(dir, name)));
  for (const [index, { number, name }] of migrations.entries()) {
    if (number !== index + 1)
      throw new MigrationError(`The migration ${name} is out of order: number ${index + 1} was expected.`);
  }
  return migrations;
}

async function readMigration(dir: string, name: string): Promise<Migration> {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1];
  if (number === undefined) throw new MigrationError(`The migration ${name} is not named like 0001_what_it_does.sql.`);
  const text = (await readFile(join(dir, name), 'utf8')).replaceAll('\r\n', '\n');
  return { number: Number(number), name, text, checksum: createHash('sha256').update(text).digest('hex') };
}
