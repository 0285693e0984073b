/*
 * Writes src/db/schema.sql, the picture of today's database: runs all migrations on a throw-away PostgreSQL and reads its
 * catalogue. Run it after adding a migration: npx tsx scripts/write-schema.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootDir } from '../src/base/root.ts';
import { connect } from '../src/db/connect.ts';
import { dumpSchema } from '../src/db/dump-schema.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';

const folder = await mkdtemp(join(tmpdir(), 'hutong-schema-'));
const server = await startPostgres({ dir: join(folder, 'postgres') });
const sql = connect(server.url, { connectionsMax: 1, applicationName: 'write-schema' });
try {
  await migrate(sql);
  await writeFile(join(rootDir, 'src/db/schema.sql'), await dumpSchema(sql));
} finally {
  await sql.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
