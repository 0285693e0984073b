/* Reads an OpenAPI document as the tests of the docs need it: routes as rows, and the names of fields. */

export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  enum?: unknown[];
}

export interface OpenApi {
  openapi: string;
  info: Record<string, unknown>;
  servers: { url: string }[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { securitySchemes: Record<string, { type: string; scheme: string }> };
}

interface OpenApiOperation {
  summary?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

/** One route as a row. */
export interface Operation {
  method: string;
  path: string;
  summary: string;
  tags: string[];
  security: Record<string, string[]>[];
  scope: string;
  /** The status of success. */
  success: number;
  responses: OpenApiOperation['responses'];
  /** Null where nothing comes back. */
  replySchema: Schema | null;
  bodySchema: Schema | null;
  /** Fields of the body and of the query; what stands in the path or in a header is left out. */
  parameters: { name: string; place: 'body' | 'query'; isNeeded: boolean }[];
  pathParameters: string[];
}

export async function readOpenApi(url: string): Promise<OpenApi> {
  const reply = await fetch(`${url}/openapi.json`);
  return JSON.parse(await reply.text());
}

export function operationsOf(openApi: OpenApi): Operation[] {
  return Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => toOperation(method.toUpperCase(), path, operation)),
  );
}

function toOperation(method: string, path: string, operation: OpenApiOperation): Operation {
  const success = Object.keys(operation.responses).find((status) => /^2\d\d$/.test(status)) ?? '';
  const bodySchema = operation.requestBody?.content['application/json']?.schema ?? null;
  const inQuery = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  return {
    method,
    path,
    summary: operation.summary ?? '',
    tags: operation.tags ?? [],
    security: operation.security ?? [],
    scope: Object.values(operation.security?.[0] ?? {})[0]?.[0] ?? '',
    success: Number(success),
    responses: operation.responses,
    replySchema: operation.responses[success]?.content?.['application/json']?.schema ?? null,
    bodySchema,
    parameters: [
      ...Object.keys(bodySchema?.properties ?? {}).map((name) => ({
        name,
        place: 'body' as const,
        isNeeded: bodySchema?.required?.includes(name) ?? false,
      })),
      ...inQuery.map(({ name, required }) => ({ name, place: 'query' as const, isNeeded: required ?? false })),
    ],
    pathParameters: (operation.parameters ?? []).filter(({ in: place }) => place === 'path').map(({ name }) => name),
  };
}

/** Objects that have a page of their own, or whose keys are the caller's. */
const LEAVES = new Set([
  'amount',
  'refunded',
  'refunding',
  'discount',
  'buyer_paid',
  'buyer_received',
  'refundable',
  'to_pay',
  'through_wallet',
  'paid_by',
  'explanation',
  'saved',
  'may_save',
  'most',
  'name',
  'metadata',
  'attempts',
  'data',
]);

/** The names of all fields, those of inner objects as `failure.reason` and `tries[].status`, sorted. */
export function fieldsOfSchema(schema: Schema): string[] {
  return walk(schema, '').sort();
}

function walk(schema: Schema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix + name;
    if (LEAVES.has(name)) return [path];
    const inner =
      field.anyOf?.find(({ properties, items }) => (properties ?? items?.properties) !== undefined) ?? field;
    return [path, ...walk(inner, `${path}.`), ...(inner.items === undefined ? [] : walk(inner.items, `${path}[].`))];
  });
}

/** The same of a real reply. Of a next action only the type: its page has a table of the others. */
export function fieldsOfReply(reply: object): string[] {
  return walkReply(reply, '').sort();
}

function walkReply(reply: object, prefix: string): string[] {
  return Object.entries(reply).flatMap(([name, value]: [string, unknown]) => {
    const path = prefix + name;
    if (LEAVES.has(name)) return [path];
    if (name === 'next_action') return value === null ? [path] : [path, `${path}.type`];
    if (Array.isArray(value)) {
      const first: unknown = value[0];
      return [path, ...(typeof first === 'object' && first !== null ? walkReply(first, `${path}[].`) : [])];
    }
    return [path, ...(typeof value === 'object' && value !== null ? walkReply(value, `${path}.`) : [])];
  });
}
