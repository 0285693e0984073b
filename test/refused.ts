import { expect } from 'vitest';
import { REFUSALS } from '../src/base/refusals.ts';
import { callApi, type TestReply, type TestServer } from './server.ts';

export interface BadCall {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** The shop's own where it is left out. */
  apiKey?: string;
}

/** Everything that money and settings stand in: if this is the same, nothing was written. */
export async function everything(server: TestServer): Promise<string> {
  const counts = await server.sql`
    select (select count(*) from payments) as payments, (select count(*) from attempts) as attempts,
      (select count(*) from refunds) as refunds, (select count(*) from events) as events,
      (select count(*) from webhook_endpoints) as endpoints, (select count(*) from wallet_accounts) as accounts,
      (select count(*) from idempotency_keys) as keys,
      (select string_agg(id || state || version, ',' order by id) from payments) as states,
      (select string_agg(id || label || enabled || updated_at, ',' order by id) from qr_codes) as codes,
      (select string_agg(id || label || enabled || updated_at || md5(settings_sealed::text), ',' order by id)
        from wallet_accounts) as settings,
      (select string_agg(id || state || day, ',' order by id) from statements) as statements,
      (select string_agg(id || state || coalesce(note, ''), ',' order by id) from statement_breaks) as breaks,
      (select string_agg(id || coalesce(fee_bps::text, ''), ',' order by id) from wallet_accounts) as fees`;
  return JSON.stringify(counts[0], (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

/** Calls, and expects a clear refusal that names itself, tells nothing of the inside and leaves everything as it was. */
export async function refuse(server: TestServer, status: number | number[], call: BadCall): Promise<TestReply> {
  const { method, path, body, headers, apiKey = server.apiKey } = call;
  const before = await everything(server);
  const reply = await callApi(server.url, apiKey, method, path, body, headers);
  const shown = `${method} ${path} ${JSON.stringify(body)?.slice(0, 120)} → ${reply.status} ${JSON.stringify(reply.json)}`;
  expect([status].flat(), shown).toContain(reply.status);
  expect(reply.headers.get('content-type'), shown).toContain('application/problem+json');
  expect(Object.keys(REFUSALS), shown).toContain(reply.json.code);
  expect(reply.json.request_id, shown).toMatch(/^req_/);
  expect(JSON.stringify(reply.json), shown).not.toMatch(/node_modules|\bat .*\.ts|postgres|select /i);
  expect(await everything(server), shown).toBe(before);
  return reply;
}
