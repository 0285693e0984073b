import type { Ground } from '../ground/ground.ts';
import { subMsg } from './brand.ts';
import type { SandboxKeys, SandboxMerchant } from './keys.ts';
import type { Fields } from './sign.ts';

/** What every part of the gateway works with. */
export interface Gateway extends Ground {
  keys: SandboxKeys;
}

/** A request that was signed by a merchant, its content read. */
export interface Call {
  merchant: SandboxMerchant;
  method: string;
  params: Fields;
  content: Record<string, unknown>;
}

/** The inside of an answer, before it becomes text. */
export type Node = Record<string, unknown>;

export type Decision =
  | { kind: 'node'; node: Node }
  /** The payer's browser goes on to this page. */
  | { kind: 'page'; path: string };

export function done(fields: Node): Decision {
  return { kind: 'node', node: { code: '10000', msg: 'Success', ...fields } };
}

/** A business refusal. */
export function refuse(subCode: string, fields: Node = {}): Decision {
  const node = { code: '40004', msg: 'Business Failed', sub_code: subCode, sub_msg: subMsg(subCode), ...fields };
  return { kind: 'node', node };
}

const GATEWAY_MESSAGES: Readonly<Record<string, string>> = {
  '10003': 'order success pay inprocess',
  '20000': 'Service Currently Unavailable',
  '20001': 'Insufficient Authorization Permissions',
  '40001': 'Missing Required Arguments',
  '40002': 'Invalid Arguments',
  '40003': 'Insufficient Conditions',
  '40005': 'Call Limited',
  '40006': 'Insufficient Permissions',
};

/** An answer of the gateway itself. */
export function gatewayNode(code: string, subCode?: string): Node {
  const node: Node = { code, msg: GATEWAY_MESSAGES[code] ?? 'Unknown' };
  return subCode === undefined ? node : { ...node, sub_code: subCode, sub_msg: subMsg(subCode) };
}

/** A text member of the content; empty when there is none. */
export function textOf(content: Record<string, unknown>, name: string): string {
  const value = content[name];
  return typeof value === 'string' ? value : '';
}
