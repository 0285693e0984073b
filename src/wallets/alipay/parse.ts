import { readStrictJson } from '../../base/strict-json.ts';
import { readUtf8 } from '../form.ts';
import type { Fields } from './sign.ts';

/** An answer's parts: the node that is signed as the text it came in, and what stands beside it. */
export interface AnswerParts {
  nodeName: string;
  /** From its `{` to its `}`, byte for byte: this is what is signed. Source: Alipay OpenAPI v2, 同步返回验签. */
  nodeText: string;
  /** Null where the answer is not signed: some refusals of the gateway are not. */
  sign: string | null;
  certSn: string | null;
}

const ERROR_NODE = 'error_response';

/**
 * Takes an answer apart without changing a byte of the signed node: it must hold either the expected node or
 * `error_response`, every name once, and nothing around it. Null when it is not such a text.
 */
export function readAnswer(body: Buffer, expectedNode: string): AnswerParts | null {
  const text = readUtf8(body);
  const members = text === null ? null : readMembers(text);
  if (members === null) return null;
  const nodes = [expectedNode, ERROR_NODE].filter((name) => members.has(name));
  const [nodeName] = nodes;
  if (nodeName === undefined || nodes.length !== 1) return null;
  const nodeText = members.get(nodeName) ?? '';
  const sign = readText(members.get('sign'));
  const certSn = readText(members.get('alipay_cert_sn'));
  if (!nodeText.startsWith('{') || sign === undefined || certSn === undefined) return null;
  return { nodeName, nodeText, sign, certSn };
}

/** Lists of a node that are read, too, as notifications bring them: as JSON text. */
const LISTS = ['fund_bill_list', 'voucher_detail_list', 'refund_voucher_detail_list'];

/** The text members of a signed node; other lists and objects in it are left out. Null when it is not strict JSON. */
export function readNode(nodeText: string): Fields | null {
  try {
    const node = readStrictJson(Buffer.from(nodeText));
    if (typeof node !== 'object' || node === null) return null;
    const fields: Fields = {};
    for (const [name, value] of Object.entries(node)) {
      if (typeof value === 'string') fields[name] = value;
      else if (LISTS.includes(name)) fields[name] = JSON.stringify(value);
    }
    return fields;
  } catch {
    return null;
  }
}

/** The members of the outermost object, each value as the text it came in. Null when it is no object or a name comes twice. */
function readMembers(text: string): Map<string, string> | null {
  const members = new Map<string, string>();
  let at = skipBlanks(text, 0);
  if (text[at] !== '{') return null;
  at = skipBlanks(text, at + 1);
  while (text[at] === '"') {
    const nameEnd = endOfString(text, at);
    const name = readText(text.slice(at, nameEnd));
    at = skipBlanks(text, nameEnd);
    if (typeof name !== 'string' || members.has(name) || text[at] !== ':') return null;
    const start = skipBlanks(text, at + 1);
    const end = endOfValue(text, start);
    if (end === start) return null;
    members.set(name, text.slice(start, end));
    at = skipBlanks(text, end);
    if (text[at] === '}') return skipBlanks(text, at + 1) === text.length ? members : null;
    if (text[at] !== ',') return null;
    at = skipBlanks(text, at + 1);
  }
  return null;
}

/** Where a value ends: a text at its quote, an object or list at its last bracket, anything else before the next sign. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const letter = text[at];
    if (letter === '"') {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && letter !== undefined && /[,\s]/.test(letter)) return at;
    at += 1;
  }
  return at;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text[at] ?? '-')) at += 1;
  return at;
}

/** A quoted JSON text; null when there is none, undefined when it is something else. */
function readText(quoted: string | undefined): string | null | undefined {
  if (quoted === undefined) return null;
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
