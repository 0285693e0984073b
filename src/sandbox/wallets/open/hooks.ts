import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { shanghaiDay } from './day.ts';
import { givePayerCode } from './authorize.ts';
import type { OpenSide } from './wallet.ts';

/**
 * Test hooks of the specification's appendix that the ground does not have already. Only for this machine, and only in
 * JSON, which a page of another origin cannot send.
 */
export function registerHooks(app: FastifyInstance, side: OpenSide): void {
  app.post('/sandbox/payer-codes', (request, reply) =>
    guarded(request, reply, (members) => {
      const merchantNo = String(members['merchant_no']);
      if (!side.keys.merchants.has(merchantNo)) return reply.status(404).send({ error: 'no such merchant' });
      return reply.send({ code: givePayerCode(side, merchantNo) });
    }),
  );
  app.post('/sandbox/day-end', (request, reply) =>
    guarded(request, reply, () => {
      const day = shanghaiDay(side.ground.clock.now());
      side.endedDays.add(day);
      return reply.send({ day });
    }),
  );
}

function guarded(
  request: FastifyRequest,
  reply: FastifyReply,
  run: (members: Record<string, unknown>) => FastifyReply,
): FastifyReply {
  const isHere = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? '');
  const isJson = /^application\/json\b/.test(request.headers['content-type'] ?? '');
  if (!isHere || !isJson) return reply.status(403).send({ error: 'only for this machine, and only in JSON' });
  try {
    const input: unknown = JSON.parse(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
    return run(typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {}); // an object of unknowns
  } catch {
    return reply.status(400).send({ error: 'not JSON' });
  }
}
