import { assert } from '../base/assert.ts';
import type { CupsOptions } from './cups-options.ts';
import { fetchDayFile } from './day-file.ts';
import type { Answer } from './in-flight.ts';
import { checkCiphers } from './iso8583/block-cipher.ts';
import type { Message } from './iso8583/message.ts';
import type { BankRail, LegReply } from './rail.ts';
import {
  readEnquireReply,
  readFoundCards,
  readIssuers,
  readLegReply,
  readReverseReply,
  readVerifyReply,
} from './read-replies.ts';
import * as requests from './requests.ts';
import { Switchboard } from './switchboard.ts';

const NOT_IN_GBK = 'a name cannot be written in GBK';

/**
 * The rail to UnionPay's switch: ISO 8583 in the inter-bank dialect over TCP (docs/bank-rail.md). Nothing throws for what the switch or the
 * network does; nothing is connected before `open`.
 */
export function createCupsRail(options: CupsOptions): BankRail {
  checkOptions(options);
  checkCiphers();
  const board = new Switchboard(options);
  const { replyMs, fileMs } = options.timings;

  async function moveMoney(message: Message | null): Promise<LegReply> {
    if (message === null) return { kind: 'not_sent', why: NOT_IN_GBK };
    const answer = await board.ask(message, replyMs);
    if (answer.kind === 'unknown') return { ...answer, code: null };
    return answer.kind === 'reply' ? readLegReply(answer.message, board.noteDay(answer.message)) : answer;
  }

  return {
    open: (waitMs) => board.open(waitMs),
    close: () => board.close(),
    async enquire(request, timeoutMs) {
      const answer = await board.ask(requests.enquiry(options, request), timeoutMs);
      return answer.kind === 'reply' ? readEnquireReply(answer.message) : notKnown(answer);
    },
    debit: async (request) => moveMoney(requests.debit(options, request)),
    credit: async (request) => moveMoney(requests.credit(options, request)),
    async reverse(request) {
      const answer = await board.ask(requests.reversal(options, request), replyMs);
      if (answer.kind !== 'reply') return notKnown(answer);
      return readReverseReply(answer.message, board.noteDay(answer.message));
    },
    async verifyHolder(request) {
      const message = requests.holderCheck(options, request);
      // Nobody will ever be asked: that is as final as being refused.
      if (message === null) return { kind: 'refused', code: '30', reason: 'message_refused' };
      const answer = await board.ask(message, replyMs);
      return answer.kind === 'reply' ? readVerifyReply(answer.message) : notKnown(answer);
    },
    async findIssuers({ stamp, identity }) {
      const message = requests.whoKnows(options, stamp, identity, null);
      if (message === null) return { kind: 'unknown', why: NOT_IN_GBK };
      const answer = await board.ask(message, replyMs);
      if (answer.kind !== 'reply') return notKnown(answer);
      const issuers = readIssuers(answer.message);
      return issuers === null
        ? { kind: 'unknown', why: `answered ${answer.message.get(39)}` }
        : { kind: 'found', issuers };
    },
    async findCards({ stamp, identity, issuer }) {
      const message = requests.whoKnows(options, stamp, identity, issuer);
      if (message === null) return { kind: 'unknown', why: NOT_IN_GBK };
      const answer = await board.ask(message, replyMs);
      if (answer.kind !== 'reply') return notKnown(answer);
      return readFoundCards(answer.message, issuer, board.keys.pinCiphers());
    },
    signOn: () => board.signOn(),
    signOff: () => board.signOff(),
    echo: () => board.echo(),
    renewKeys: () => board.renewKeys(),
    async reconcile(day) {
      const { filesUrl, institution, send } = options;
      if (filesUrl === null) return { kind: 'unknown', why: 'nobody said where the daily files lie' };
      return fetchDayFile(send, { filesUrl, institution, day, timeoutMs: fileMs });
    },
    status: () => board.status(),
  };
}

/** For questions and reversals it makes no difference that surely nothing was sent. */
function notKnown(answer: Exclude<Answer, { kind: 'reply' }>): { kind: 'unknown'; why: string } {
  return { kind: 'unknown', why: answer.why };
}

function checkOptions(options: CupsOptions): void {
  const { addresses, links, institution, forwarder, switchInstitution, acceptor, inFlightMax } = options;
  assert(addresses.length > 0 && links >= addresses.length, 'every address has a link');
  for (const id of [institution, forwarder, switchInstitution])
    assert(/^\d{8,11}$/.test(id), 'an institution is 8 to 11 digits');
  assert(/^[0-9A-Za-z]{1,15}$/.test(acceptor.no), 'an acceptor number is 1 to 15 letters or digits');
  assert(inFlightMax > 0, 'something may be in flight');
  assert(
    options.macMethod === 'sm4' ? options.algorithm === 'sm4' : options.algorithm === '3des',
    'the MAC fits the cipher',
  );
}
