import { createServer, type Server, type Socket } from 'node:net';
import { type Algorithm, BlockCipher } from './iso8583/block-cipher.ts';
import { decodeBody, encodeBody } from './iso8583/codec.ts';
import { Framer } from './iso8583/framer.ts';
import {
  decodeHeader,
  encodeFrame,
  HEADER_BYTES,
  type Header,
  isReject,
  newHeader,
  replyHeader,
} from './iso8583/header.ts';
import { MacKey, macText } from './iso8583/mac.ts';
import { Message } from './iso8583/message.ts';
import { networkReply, replyType } from './network-messages.ts';

const SWITCH = '00010000';

/** One request as a script sees it; whatever the script does not do is not done. */
export interface Heard {
  socket: Socket;
  message: Message;
  /** The usual answer: echoes, F15, F39 00, a right MAC once it is sent. */
  reply: Message;
  /** Signs and writes; on the link of the request unless told otherwise. */
  send: (reply?: Message, socket?: Socket) => void;
  frameOf: (reply: Message) => Buffer;
}

export interface PretendSwitch {
  port: number;
  sockets: Set<Socket>;
  heard: Message[];
  keys: { pin: Buffer; mac: Buffer };
  settlementDay: string;
  /** In place of the usual answer to everything that is no network message. */
  script: (heard: Heard) => void | Promise<void>;
  /** In place of the usual answer to network messages; true when it took care of one. */
  networkScript: (heard: Heard) => boolean;
  pushKey(use: 'pin' | 'mac', spoil?: boolean): void;
  tell(message: Message, socket?: Socket): void;
  close(): Promise<void>;
}

/** The least of a switch that shows what a link does: every byte can be held back, changed, sent twice or on another connection. */
export async function startPretendSwitch(options: {
  institution: string;
  transportKey: string;
  algorithm: Algorithm;
  port?: number;
}): Promise<PretendSwitch> {
  const { institution, algorithm } = options;
  const transport = new BlockCipher(algorithm, Buffer.from(options.transportKey, 'hex'));
  let serial = 0;
  // The last bit of each byte says nothing to DES, so keys are counted in steps of two.
  const newKey = () => Buffer.alloc(16, 0x20 + 2 * (serial += 1));
  const macOf = (key: Buffer, message: Message) =>
    new MacKey(algorithm === 'sm4' ? 'sm4' : 'x9.19', key).mac(macText(message, true));

  const server: Server = createServer((socket) => {
    pretend.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => pretend.sockets.delete(socket));
    const framer = new Framer({ onLineTest: () => {}, onFrame: (frame) => hear(socket, frame) });
    socket.on('data', (chunk) => framer.feed(chunk));
  });

  function hear(socket: Socket, frame: Buffer): void {
    const header = decodeHeader(frame);
    if (isReject(header)) return;
    const message = decodeBody(frame, HEADER_BYTES);
    pretend.heard.push(message);
    if (message.type === '0810' || message.type === '0830') return;
    const isNetwork = message.type === '0820';
    const reply = isNetwork ? networkReply(message, '00') : usualReply(message);
    const heard: Heard = {
      socket,
      message,
      reply,
      frameOf: (each) => frameOf(each, replyHeader(header)),
      send: (each = reply, to = socket) => void to.write(heard.frameOf(each)),
    };
    if (!isNetwork) void pretend.script(heard);
    else if (!pretend.networkScript(heard)) {
      heard.send();
      if (message.get(70) === '101') pretend.pushKey(message.get(53)?.[0] === '1' ? 'pin' : 'mac');
    }
  }

  function usualReply(message: Message): Message {
    const reply = new Message(replyType(message.type));
    for (const field of [2, 3, 4, 7, 11, 12, 13, 25, 32, 33, 37, 41, 42, 49, 61])
      if (message.get(field) !== undefined) reply.set(field, message.get(field) ?? '');
    reply.set(15, pretend.settlementDay).set(39, '00');
    if (message.get(3) === '300000') reply.set(54, '0001156C0000001234560002156C000000120000');
    else if (message.get(4) !== undefined && message.type === '0200') reply.set(38, 'A1B2C3');
    return reply;
  }

  /** Everything but network messages and key changes is signed, unless the script has signed it (or spoilt it) itself. */
  function frameOf(message: Message, header: Header): Buffer {
    const isSigned = message.type === '0820' || message.type === '0830' || message.get(128) !== undefined;
    if (!isSigned) message.set(128, macOf(pretend.keys.mac, message).toString('hex').toUpperCase());
    return encodeFrame(header, encodeBody(message));
  }

  const pretend: PretendSwitch = {
    port: 0,
    sockets: new Set(),
    heard: [],
    keys: { pin: newKey(), mac: newKey() },
    settlementDay: '1123',
    script: (heard) => heard.send(),
    networkScript: () => false,
    pushKey(use, spoil = false) {
      const key = newKey();
      const message = new Message('0800')
        .set(7, '1123093000')
        .set(11, String(serial).padStart(6, '0'))
        .set(53, `${use === 'pin' ? '1' : '2'}600000000000000`)
        .set(70, '101')
        .set(100, institution)
        .set(48, `NK${transport.encrypt(key).toString('hex').toUpperCase()}`);
      const proof = Buffer.concat([macOf(key, message), new BlockCipher(algorithm, key).checkValue()]);
      if (spoil) proof[0] = (proof[0] ?? 0) ^ 1;
      message.set(128, proof.toString('latin1'));
      pretend.tell(message);
      if (!spoil) pretend.keys[use] = key;
    },
    tell(message, socket = [...pretend.sockets][0]) {
      socket?.write(encodeFrame(newHeader(SWITCH, institution, true), encodeBody(message)));
    },
    async close() {
      for (const socket of pretend.sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  pretend.port = typeof address === 'object' && address !== null ? address.port : 0;
  return pretend;
}
