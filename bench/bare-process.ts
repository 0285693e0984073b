import fastify from 'fastify';
import postgres from 'postgres';
import { DATABASE_CONNECTIONS_MAX } from '../src/base/limits.ts';

/*
 * The floor that whole payments are compared with: a bare Fastify route that writes one row in a transaction of its own and
 * answers when it is durable. No keys, no rules, no ledger, no wallet, no webhook. The parent sends { databaseUrl } and gets
 * back { bareUrl }.
 */
process.on('disconnect', () => process.exit()); // whoever asked is gone
process.on('message', (message: { databaseUrl: string }) => void start(message.databaseUrl));

async function start(databaseUrl: string): Promise<void> {
  const admin = postgres(databaseUrl, { max: 1 });
  await admin`create database bare`;
  await admin.end();
  const sql = postgres(Object.assign(new URL(databaseUrl), { pathname: '/bare' }).href, {
    max: DATABASE_CONNECTIONS_MAX,
  });
  await sql`
    create table orders (
      id bigint generated always as identity primary key,
      order_no text not null unique,
      minor bigint not null,
      subject text not null,
      created_at timestamptz not null default now()
    )`;
  const app = fastify();
  app.post<{ Body: { order_no: string; minor: string; subject: string } }>('/', async (request, reply) => {
    const { order_no, minor, subject } = request.body;
    const [row] = await sql`
      insert into orders (order_no, minor, subject) values (${order_no}, ${minor}, ${subject}) returning id`;
    return reply.code(201).send({ id: String(row?.['id']), order_no });
  });
  const bareUrl = await app.listen({ port: 0, host: '127.0.0.1' });
  process.send?.({ bareUrl });
}
