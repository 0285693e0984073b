import { Type } from 'typebox';

/** What the app's browser side may send; every object is closed, every text has an end. */
export const closed = { additionalProperties: false } as const;

/** No control characters anywhere in a text that people will see. */
const PRINTABLE = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$';

export const text = (charsMin: number, charsMax: number) =>
  Type.String({ minLength: charsMin, maxLength: charsMax, pattern: PRINTABLE });

/** Tokens, ids and codes that we gave out ourselves: any word of these letters; whose it is, is looked at later. */
export const word = (charsMax = 80) =>
  Type.String({ pattern: '^[A-Za-z0-9_.~-]+$', minLength: 1, maxLength: charsMax });
export const orNull = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) =>
  Type.Union([schema, Type.Null()]);

export const lang = Type.Union([Type.Literal('zh-CN'), Type.Literal('en')]);
export const phone = Type.String({ minLength: 1, maxLength: 24, pattern: '^[0-9+ ()-]+$' });
export const sixDigits = Type.String({ pattern: '^[0-9]{6}$' });
export const cardNumber = Type.String({ minLength: 1, maxLength: 40, pattern: '^[0-9 -]+$' });
export const idNumber = Type.String({ pattern: '^[0-9]{17}[0-9Xx]$' });
export const minor = Type.String({ pattern: '^[1-9][0-9]{0,11}$', maxLength: 12 });
export const amount = Type.Object({ currency: Type.Literal('CNY'), minor }, closed);
export const arrival = Type.Union([Type.Literal('instant'), Type.Literal('ordinary'), Type.Literal('next_day')]);
export const day = Type.String({ pattern: '^20[0-9]{2}-[0-9]{2}-[0-9]{2}$' });
export const nothing = Type.Unsafe<Record<string, never>>(Type.Object({}, closed));
export const idParam = Type.Object({ id: word() }, closed);
export const tokenParam = Type.Object({ token: word() }, closed);
/** A browser's word about a passkey; @simplewebauthn reads it, member by member. */
export const anything = Type.Object({}, { additionalProperties: true, maxProperties: 20 });
