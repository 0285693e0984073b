import type { Static, TSchema } from 'typebox';
import type { Secret } from '../base/secret.ts';
import type { Session } from '../users/users.ts';
import type { Api } from './api.ts';

/*
 * One route of the wallet's server as data, typed against `Api`: a row whose body, parameters or reply differ from what the app's browser side
 * expects does not compile, and neither does a list of rows that lacks one.
 */

export type Route = keyof Api;
export type ReplyOf<R extends Route> = Api[R]['reply'];
type PartOf<R extends Route, Part extends string> = Api[R] extends { [P in Part]: infer T } ? T : undefined;
export type BodyOf<R extends Route> = PartOf<R, 'body'>;
export type ParamsOf<R extends Route> = PartOf<R, 'params'>;
export type QueryOf<R extends Route> = PartOf<R, 'query'>;

/** A request as a row sees it: checked against its schemas, and asked by `session` where the row needs one. */
export interface Call<R extends Route, S = Session> {
  session: S;
  params: ParamsOf<R>;
  query: QueryOf<R>;
  body: BodyOf<R>;
  /** The Idempotency-Key; empty where the row takes none. */
  key: string;
  /** Where the request came from, for counting tries: an address, or of IPv6 its network. */
  address: string;
  /** The cookies of this server that came along. */
  cookies: Cookies;
}

export interface Cookies {
  session: string | null;
  device: string | null;
  /** Sets or takes away what the browser keeps. */
  setSession(value: Secret): void;
  setDevice(value: Secret): void;
  clearSession(): void;
}

/** How often it may be asked, by one address or one person; above that 429. */
export interface RowLimit {
  perMinuteMax: number;
  by: 'address' | 'person';
}

interface RowBase<R extends Route> {
  /** Counted besides the limit on everything. */
  limit?: RowLimit;
  /** Money moves: asked under an Idempotency-Key. */
  isKeyed?: true;
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
  readonly route: R;
}

/** Answered at once, with JSON. `anyone`: signing in itself. */
export interface JsonRow<R extends Route> extends RowBase<R> {
  kind: 'json';
  run(call: Call<R>): Promise<ReplyOf<R>>;
}
export interface AnyoneRow<R extends Route> extends RowBase<R> {
  kind: 'anyone';
  run(call: Call<R, null>): Promise<ReplyOf<R>>;
}
/** A line of JSON for each part, as it becomes known. */
export interface LinesRow<R extends Route> extends RowBase<R> {
  kind: 'lines';
  run(call: Call<R>): AsyncIterable<ReplyOf<R>>;
}
/** A file to save. `open` refuses before anything is sent. */
export interface FileRow<R extends Route> extends RowBase<R> {
  kind: 'file';
  run(call: Call<R>): Promise<{ type: string; name: string; parts: AsyncIterable<string> }>;
}

export type Row<R extends Route> = JsonRow<R> | AnyoneRow<R> | LinesRow<R> | FileRow<R>;

/** Some of the rows, by what the browser side calls them. */
export type Rows<R extends Route> = { [Each in R]: Row<Each> };
export type AllRows = Rows<Route>;

/** What a schema lets through is exactly what `Api` says; anything else is no row. */
type Fits<S, T> = S extends TSchema ? ([Static<S>] extends [T] ? ([T] extends [Static<S>] ? S : never) : never) : never;

interface Schemas<R extends Route, P, Q, B> {
  params?: Fits<P, ParamsOf<R>>;
  query?: Fits<Q, QueryOf<R>>;
  body?: Fits<B, BodyOf<R>>;
}
type Limits = Pick<RowBase<Route>, 'limit' | 'isKeyed'>;

export function jsonRow<R extends Route, P = undefined, Q = undefined, B = undefined>(
  route: R,
  row: Limits & Schemas<R, P, Q, B> & { run(call: Call<R>): Promise<ReplyOf<R>> },
): JsonRow<R> {
  return { ...row, kind: 'json', route };
}

export function anyoneRow<R extends Route, P = undefined, Q = undefined, B = undefined>(
  route: R,
  row: Limits & Schemas<R, P, Q, B> & { run(call: Call<R, null>): Promise<ReplyOf<R>> },
): AnyoneRow<R> {
  return { ...row, kind: 'anyone', route };
}

export function linesRow<R extends Route, Q = undefined>(
  route: R,
  row: Limits & Schemas<R, undefined, Q, undefined> & { run(call: Call<R>): AsyncIterable<ReplyOf<R>> },
): LinesRow<R> {
  return { ...row, kind: 'lines', route };
}

export function fileRow<R extends Route, Q = undefined>(
  route: R,
  row: Limits & Schemas<R, undefined, Q, undefined> & Pick<FileRow<R>, 'run'>,
): FileRow<R> {
  return { ...row, kind: 'file', route };
}
