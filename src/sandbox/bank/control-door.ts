import { createHash } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { BODY_BYTES_MAX } from '../../base/limits.ts';
import { guardControl } from '../wallets/ground/control-routes.ts';
import { registerBankPages } from './bank-pages.ts';
import type { BankSwitch } from './bank-switch.ts';
import type { BankControl } from './bank.ts';
import { registerBankControl } from './control-routes.ts';
import { dayLines, isClosed } from './day-file.ts';

export interface BankDoor {
  url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Pages, day files and control on one port, for this machine only. @throws the server's own error when the port is taken */
export async function openBankDoor(owner: BankSwitch, control: BankControl, port: number): Promise<BankDoor> {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, allowUnionTypes: true, removeAdditional: false } },
  });
  guardControl(app);
  await registerBankPages(app, owner, control);
  registerFiles(app, owner);
  await app.register(async (door) => registerBankControl(door, control), { prefix: '/sandbox' });
  await app.listen({ host: HOST, port });
  const address = app.server.address();
  const open = address !== null && typeof address === 'object' ? address.port : port;
  return { url: `http://${HOST}:${open}`, close: () => app.close() };
}

/** The day's file, once nothing can be added to it any more. */
function registerFiles(app: FastifyInstance, owner: BankSwitch): void {
  app.get<{ Params: { institution: string; day: string } }>('/files/:institution/:day/COM', (request, reply) => {
    const { institution } = request.params;
    const day = request.params.day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
    const { world } = owner.deps;
    owner.keepDay();
    if (!/^\d{4}-\d\d-\d\d$/.test(day)) return reply.status(400).send({ error: 'a day is YYYYMMDD' });
    if (!world.members.has(institution) || !isClosed(world, day)) {
      return reply.status(404).send({ error: 'there is no such file yet' });
    }
    const lines = dayLines(world, institution, day);
    const body = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
    return reply
      .headers({
        'content-type': 'text/plain; charset=us-ascii',
        'content-digest': `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
        'x-lines': String(lines.length),
        'cache-control': 'no-store',
      })
      .send(body);
  });
}
