import { Type } from 'typebox';
import { PASTED_CHARS_MAX } from '../base/link-limits.ts';
import { TEXT_KINDS, TEXT_WARNINGS } from '../links/kouling/pasted-text.ts';
import { link } from './link-schemas.ts';

const closed = { additionalProperties: false } as const;
const textOrNull = Type.Union([Type.String(), Type.Null()]);

/** The longest text that is taken; what lies past PASTED_CHARS_MAX is not read. */
const TEXT_CHARS_MAX = 4 * PASTED_CHARS_MAX;

export const pastedText = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: TEXT_CHARS_MAX,
      description: `what was pasted; the first ${PASTED_CHARS_MAX} characters are read, nothing is kept`,
    }),
  },
  closed,
);

export const linkText = Type.Object({
  object: Type.Literal('link_text'),
  place: Type.Enum(['link', 'deferral', 'no_link', 'foreign', 'mistyped', 'nothing']),
  kind: Type.Enum(TEXT_KINDS),
  app: textOrNull,
  token: textOrNull,
  url: textOrNull,
  title: textOrNull,
  share_code: textOrNull,
  format: textOrNull,
  confidence: Type.Enum(['high', 'medium', 'low']),
  warnings: Type.Array(Type.Enum(TEXT_WARNINGS)),
  host: Type.Union([
    Type.Object({
      shown: Type.String(),
      looks_like: textOrNull,
      suspicious: Type.Boolean(),
      warnings: Type.Array(Type.String()),
    }),
    Type.Null(),
  ]),
  open: Type.Union([
    Type.Object({
      name_zh: Type.String(),
      name_en: Type.String(),
      scheme: Type.String(),
      android_package: Type.String(),
    }),
    Type.Null(),
  ]),
  copy: textOrNull,
  link: Type.Union([
    Type.Object({
      code: Type.String(),
      url: Type.String(),
      title: Type.String(),
      owner_name: Type.String(),
      state: Type.Enum(['active', 'stopped', 'taken_down', 'expired']),
    }),
    Type.Null(),
  ]),
});

export const deferralClaim = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 64, description: '`HT-` and 26 letters, as the person pasted it' }) },
  closed,
);

export const claimedDeferral = Type.Object({
  object: Type.Literal('link_deferral'),
  link,
  ask_first: Type.Literal(true),
});
