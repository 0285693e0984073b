import { type ErrorDetail, refuse, type Refused } from './gateway.ts';

/** The shape of a body: an unknown key is refused, and so is `null`. Lengths count characters. */
export type Shape =
  | { is: 'text'; max: number; min?: number; pattern?: RegExp; oneOf?: readonly string[] }
  | { is: 'integer'; min: number }
  | { is: 'flag' }
  | { is: 'list'; of: Shape }
  | { is: 'object'; must: Readonly<Record<string, Shape>>; may?: Readonly<Record<string, Shape>> };

export type Json = Record<string, unknown>;

/** API v3: the number in Request-ID after an unknown key. */
const UNKNOWN_KEY = 270_924_358;

/** Null when the body has the shape. */
export function checkBody(body: Json, shape: Shape): Refused | null {
  return check(body, shape, '');
}

/** A JSON object, or null. Characters of four bytes are not taken anywhere. */
export function readBody(bytes: Buffer): Json | null {
  if (/[\u{10000}-\u{10FFFF}]/u.test(bytes.toString('utf8'))) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** What stands at a path of a checked body; empty where there is nothing. */
export function textAt(body: Json, ...path: string[]): string {
  let value: unknown = body;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The same text for the same body, in whatever order its keys come. */
export function toFingerprint(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toFingerprint).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${toFingerprint(inner)}`).join(',')}}`;
}

function check(value: unknown, shape: Shape, path: string): Refused | null {
  switch (shape.is) {
    case 'text':
      return checkText(value, shape, path);
    case 'integer':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return wrong(path, value, '必须为整数');
      return value < shape.min ? wrong(path, value, `不能小于${shape.min}`) : null;
    case 'flag':
      return typeof value === 'boolean' ? null : wrong(path, value, '必须为布尔值');
    case 'list': {
      if (!Array.isArray(value)) return wrong(path, value, '必须为数组');
      return first(value.map((one: unknown, index) => () => check(one, shape.of, `${path}/${index}`)));
    }
    case 'object': {
      if (!isObject(value)) return wrong(path, value, '必须为对象');
      const { must, may = {} } = shape;
      const lacks = Object.keys(must).find((name) => value[name] === undefined);
      if (lacks !== undefined) return wrong(`${path}/${lacks}`, '', '缺少必填参数');
      return first(
        Object.entries(value).map(([name, inner]) => () => {
          const known = Object.hasOwn(must, name) ? must[name] : Object.hasOwn(may, name) ? may[name] : undefined;
          if (known === undefined) return wrong(`${path}/${name}`, inner, '不支持的参数', UNKNOWN_KEY);
          return check(inner, known, `${path}/${name}`);
        }),
      );
    }
    default:
      return shape satisfies never;
  }
}

function checkText(value: unknown, shape: Extract<Shape, { is: 'text' }>, path: string): Refused | null {
  if (typeof value !== 'string') return wrong(path, value, '必须为字符串');
  const chars = value.length; // readBody lets no character of four bytes in
  if (chars < (shape.min ?? 1) || chars > shape.max)
    return wrong(path, value, `长度须为${shape.min ?? 1}到${shape.max}`);
  if (shape.pattern !== undefined && !shape.pattern.test(value)) return wrong(path, value, '格式错误');
  return shape.oneOf === undefined || shape.oneOf.includes(value) ? null : wrong(path, value, '不在可选值内');
}

function first(checks: readonly (() => Refused | null)[]): Refused | null {
  for (const run of checks) {
    const refusal = run();
    if (refusal !== null) return refusal;
  }
  return null;
}

function wrong(field: string, value: unknown, issue: string, inner?: number): Refused {
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const detail: ErrorDetail = { field, value: shown.slice(0, 64), issue, location: 'body' };
  return refuse('PARAM_ERROR', `参数错误：${field} ${issue}`, { detail, ...(inner === undefined ? {} : { inner }) });
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
