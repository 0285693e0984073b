import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction, Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { Send } from '../base/outbound.ts';
import { plainAddress } from './network-of.ts';
import { createSend, type SendForStart, type SendOptions } from './send.ts';
import { isLoopbackAddress, isPublicAddress, literalAddress } from './public-address.ts';

export interface VettedSendOptions extends Omit<SendOptions, 'connect'> {
  /** The sandbox only: this machine itself may be called. Nothing else of the private world, even then. */
  allowPrivate: boolean;
  /** 80 and 443 only, but for this machine itself where it may be called at all. */
  webPortsOnly?: true;
  /** The name look-up; tests put their own here. */
  lookup?: LookupAll;
}

export type LookupAll = (hostname: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export interface VettedSender {
  send: Send;
  sendForStart: SendForStart;
  close(): Promise<void>;
}

/**
 * A `Send` for addresses that strangers chose. A name is resolved once per connection, every address that comes back must
 * be public, and the socket is opened to exactly the address that was looked at, so a name that changes its mind between
 * check and use gains nothing. No redirects, one deadline over the whole call, a bounded reply.
 */
export function createVettedSend(options: VettedSendOptions): VettedSender {
  const sender = createSend({ ...options, connect: vettedConnector(options) });
  return { send: sender.send, sendForStart: sender.sendForStart, close: () => sender.destroy() };
}

/** What a call that failed by this was: nothing was sent, because it may not be. Stands at the head of its reason. */
export const ADDRESS_REFUSED = 'EADDRESSREFUSED';

type Rule = (address: string) => boolean;

function vettedConnector(options: VettedSendOptions): buildConnector.connector {
  const isOwnMachine: Rule = (address) => options.allowPrivate && isLoopbackAddress(address);
  const toAny = connectorBy(options, (address) => isPublicAddress(address) || isOwnMachine(address));
  const toOwnMachine = connectorBy(options, isOwnMachine);
  return (target, callback) => {
    // The usual port of its scheme stands as nothing.
    const isFree = options.webPortsOnly !== true || ['', '80', '443'].includes(target.port);
    (isFree ? toAny : toOwnMachine)(target, callback);
  };
}

function connectorBy(options: VettedSendOptions, isAllowed: Rule): buildConnector.connector {
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    lookup: vettedLookup(options.lookup ?? lookupAll, isAllowed),
    ...(options.trustedCertificates === undefined ? {} : { ca: options.trustedCertificates }),
  });
  return (target, callback) => {
    const literal = literalAddress(target.hostname); // a literal address is never looked up
    if (literal !== null && !isAllowed(literal)) {
      callback(refused(`address refused: ${literal}`), null);
      return;
    }
    connect(target, (...[error, socket]) => {
      if (error !== null) callback(error, null);
      else if (isAllowed(remoteAddress(socket))) callback(null, socket);
      else {
        socket.destroy();
        callback(refused('address refused after connecting'), null);
      }
    });
  };
}

function refused(message: string): Error {
  return Object.assign(new Error(message), { code: ADDRESS_REFUSED });
}

/** node:net connects to what its look-up answers, so this answer is both the check and the pin. */
function vettedLookup(lookup: LookupAll, isAllowed: Rule): LookupFunction {
  return (hostname, { all }, callback) => {
    lookup(hostname, (error, addresses) => {
      const [first] = addresses ?? [];
      const wrong = addresses?.find(({ address }) => !isAllowed(address));
      if (error !== null) callback(error, '', 0);
      else if (first === undefined) callback(new Error(`no address for ${hostname}`), '', 0);
      else if (wrong !== undefined) callback(refused(`address refused: ${hostname} is ${wrong.address}`), '', 0);
      else if (all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function lookupAll(hostname: string, callback: (error: Error | null, addresses: LookupAddress[]) => void): void {
  systemLookup(hostname, { all: true }, callback);
}

/** Node shows an IPv4 peer of a dual-stack socket as ::ffff:a.b.c.d; here that is how it is printed, not where it leads. */
function remoteAddress(socket: Socket): string {
  return plainAddress(socket.remoteAddress ?? '');
}
