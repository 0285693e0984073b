import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { payPath } from '../ground/page.ts';
import { answerSigned, sendUnbound } from './answer.ts';
import { exchangePayerCode, registerAuthorize } from './authorize.ts';
import { registerHooks } from './hooks.ts';
import { BASE_PATH, manifest } from './manifest.ts';
import { createOrder, endOrder, queryOrder } from './orders.ts';
import { readNo } from './read.ts';
import { createRefund, queryRefund } from './refunds.ts';
import { answerStatement } from './statement.ts';
import { type Answer, type Asked, type OpenSide, problem } from './wallet.ts';
import type { Fault } from '../ground/fault.ts';

type Decide = (side: OpenSide, asked: Asked, no: string, fault: Fault | null) => Answer;

interface Row {
  method: 'GET' | 'POST';
  path: string;
  /** Whose faults strike here. */
  operation: string;
  decide: Decide;
}

/** The wallet's addresses, below its base path. */
const ROWS: readonly Row[] = [
  { method: 'POST', path: '/orders/:no', operation: 'pay', decide: createOrder },
  { method: 'GET', path: '/orders/:no', operation: 'query', decide: queryOrder },
  {
    method: 'POST',
    path: '/orders/:no/close',
    operation: 'cancel',
    decide: (side, asked, no, fault) => endOrder(side, asked, no, 'close', fault),
  },
  {
    method: 'POST',
    path: '/orders/:no/undo',
    operation: 'cancel',
    decide: (side, asked, no, fault) => endOrder(side, asked, no, 'undo', fault),
  },
  { method: 'POST', path: '/refunds/:no', operation: 'refund', decide: createRefund },
  { method: 'GET', path: '/refunds/:no', operation: 'query', decide: queryRefund },
];

type Numbered = FastifyRequest<{ Params: { no: string } }>;

export async function registerOpenRoutes(app: FastifyInstance, side: OpenSide): Promise<void> {
  const { faults } = side.ground;
  app.get('/.well-known/open-wallet', (_request, reply) =>
    sendUnbound(side, reply, { status: 200, body: manifest(side) }),
  );
  await app.register(
    async (door) => {
      for (const { method, path, operation, decide } of ROWS) {
        door.route({
          method,
          url: path,
          exposeHeadRoute: false,
          handler: (request: Numbered, reply: FastifyReply) => {
            const { no } = request.params;
            const fault = faults.take(operation, no);
            const isNumber = readNo(no) !== null;
            return answerSigned(side, request, reply, fault, (asked) =>
              isNumber ? decide(side, asked, no, fault) : problem('malformed', 'not a number'),
            );
          },
        });
      }
      door.get<{ Params: { day: string } }>('/statements/:day', { exposeHeadRoute: false }, (request, reply) => {
        const fault = faults.take('bill', undefined);
        const isForged = fault?.kind === 'forged_file';
        return answerSigned(side, request, reply, fault, (asked) =>
          answerStatement(side, asked, request.params.day, isForged),
        );
      });
      door.post('/payers', (request, reply) => {
        const fault = faults.take('identify', undefined);
        return answerSigned(side, request, reply, fault, (asked) => exchangePayerCode(side, asked));
      });
      registerAuthorize(door, side);
      door.setNotFoundHandler((request, reply) => answerSigned(side, request, reply, null, () => problem('not_found')));
    },
    { prefix: BASE_PATH },
  );
  // What a camera or the app's scanner reads.
  app.get<{ Params: { token: string } }>('/q/:token', (request, reply) => {
    const order = side.ground.books.findByToken(request.params.token);
    return order === undefined ? reply.redirect('/pay', 303) : reply.redirect(payPath(order), 303);
  });
  registerHooks(app, side);
}
