import { afterAll, inject } from 'vitest';
import { systemRandom } from '../src/base/random.ts';
import { connect, type Sql } from '../src/db/connect.ts';

/** Copying asks for a template that nobody is connected to; another file's copy may be under way. */
const COPY_TRIES_MAX = 50;

export interface FreshDatabase {
  sql: Sql;
  /** For code that connects by itself; includes the password. */
  url: string;
  /** Ends `sql` and drops the database; runs by itself after the file's last test. */
  close(): Promise<void>;
}

/** A migrated database of one's own. Call it at the top of a test file, or in beforeAll; it goes away after the file. */
export async function freshDatabase(options: { connectionsMax?: number } = {}): Promise<FreshDatabase> {
  const name = `hutong_test_${systemRandom.bytes(6).toString('hex')}`;
  const url = new URL(inject('databaseUrl'));
  await asAdmin(url.href, (admin) => copyTemplate(admin, name));
  url.pathname = `/${name}`;
  const sql = connect(url.href, { connectionsMax: options.connectionsMax ?? 8, applicationName: 'test' });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= sql.end({ timeout: 5 }).then(() => drop(name));
    return closed;
  };
  afterAll(close);
  return { sql, url: url.href, close };
}

async function copyTemplate(admin: Sql, name: string): Promise<void> {
  for (let tryNo = 1; ; tryNo++) {
    try {
      await admin`create database ${admin(name)} template ${admin(inject('templateName'))}`;
      return;
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === '55006'; // object_in_use
      if (!busy || tryNo === COPY_TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function drop(name: string): Promise<void> {
  await asAdmin(inject('databaseUrl'), (admin) => admin`drop database if exists ${admin(name)} with (force)`);
}

async function asAdmin(url: string, work: (admin: Sql) => PromiseLike<unknown>): Promise<void> {
  const admin = connect(url, { connectionsMax: 1, applicationName: 'test set-up' });
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
