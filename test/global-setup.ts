import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { connect } from '../src/db/connect.ts';
import { startPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** An address of the test server whose user may create databases. */
    databaseUrl: string;
    /** The migrated database that every test file copies. */
    templateName: string;
  }
}

/** Starts one PostgreSQL for the whole run, unless DATABASE_URL_TEST names one, and makes the template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer(process.env['DATABASE_URL_TEST']);
  const templateName = `hutong_template_${process.pid}`;
  try {
    await makeTemplate(server.url, templateName);
  } catch (error) {
    await server.stop();
    throw error;
  }
  project.provide('databaseUrl', server.url);
  project.provide('templateName', templateName);
  return async () => {
    await dropTemplate(server.url, templateName);
    await server.stop();
  };
}

async function startServer(url: string | undefined): Promise<{ url: string; stop(): Promise<void> }> {
  if (url !== undefined && url !== '') return { url, stop: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'hutong-test-'));
  const server = await startPostgres({ dir: join(folder, 'postgres') });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(url: string, name: string): Promise<void> {
  const admin = connect(url, { connectionsMax: 1, applicationName: 'test set-up' });
  await admin`drop database if exists ${admin(name)}`;
  await admin`create database ${admin(name)}`;
  await admin.end();
  const at = new URL(url);
  at.pathname = `/${name}`;
  const template = connect(at.href, { connectionsMax: 1, applicationName: 'test set-up' });
  try {
    await migrate(template);
  } finally {
    await template.end();
  }
}

async function dropTemplate(url: string, name: string): Promise<void> {
  const admin = connect(url, { connectionsMax: 1, applicationName: 'test set-up' });
  await admin`drop database if exists ${admin(name)} with (force)`;
  await admin.end();
}
