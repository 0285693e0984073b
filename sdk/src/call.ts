import { List, type ListParams, type Page } from './list.ts';
import type { CallOptions, CallRequest, Transport } from './transport.ts';

/** One call; the reply has the shape that the server's docs name. */
export async function call<T>(
  transport: Transport,
  request: CallRequest,
  options: CallOptions | undefined,
): Promise<T> {
  // the server's reply has the documented shape
  return (await transport.call(request, options)) as T;
}

/** A list that is fetched as far as it is read. */
export function list<T>(
  transport: Transport,
  path: string,
  params: ListParams,
  options: CallOptions | undefined,
): List<T> {
  return new List<T>(params.cursor, (cursor) =>
    call<Page<T>>(transport, { method: 'GET', path, query: { ...params, cursor } }, options),
  );
}

/** An id that is empty or holds a slash would lead to another route. */
export function at(path: string, id: string, action = ''): string {
  if (!/^[A-Za-z0-9_]+$/.test(id)) throw new TypeError(`${JSON.stringify(id)} is not an id`);
  return `${path}/${id}${action}`;
}
