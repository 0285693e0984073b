import type { FastifyReply } from 'fastify';
import { type Fault, faultDelayMs } from './fault.ts';

/**
 * Acts out the faults that are the same at every wallet. `work` decides, records and makes the answer's sending; it is not
 * called where nothing is to be done.
 */
export async function sendUnderFault(
  reply: FastifyReply,
  fault: Fault | null,
  work: () => Promise<(reply: FastifyReply) => FastifyReply>,
): Promise<FastifyReply> {
  if (fault?.kind === 'silent') return reply.hijack();
  if (fault?.kind === 'html') {
    return reply
      .type('text/html;charset=UTF-8')
      .send('<!doctype html><title>系统维护中</title><p>系统维护中，请稍后再试。');
  }
  const send = await work();
  if (fault?.kind === 'slow' || fault?.kind === 'late') {
    await new Promise((resolve) => setTimeout(resolve, faultDelayMs(fault)));
  }
  if (fault?.kind === 'drop_after') {
    reply.hijack().raw.destroy();
    return reply;
  }
  return send(reply);
}
