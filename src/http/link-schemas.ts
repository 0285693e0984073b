import { type TSchema, Type } from 'typebox';
import {
  LINK_APP_PATH_CHARS_MAX,
  LINK_CERTIFICATES_MAX,
  LINK_DESCRIPTION_CHARS_MAX,
  LINK_HOST_FILE_BYTES_MAX,
  LINK_HOST_FILES_MAX,
  LINK_REASON_CHARS_MAX,
  LINK_TEMPLATE_CHARS_MAX,
  LINK_TITLE_CHARS_MAX,
  LINK_URL_CHARS_MAX,
} from '../base/link-limits.ts';
import { givenGroup, givenPay, shownGroup, shownPay } from './link-pay-schemas.ts';
import { amount, text, time } from './schemas.ts';

const closed = { additionalProperties: false } as const;
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const amountShown = Type.Object({ currency: Type.String(), minor: Type.String() });

const address = (description: string) =>
  Type.String({
    minLength: 8,
    maxLength: LINK_URL_CHARS_MAX,
    pattern: '^https?://[^\\s\\u0000-\\u001f]+$',
    description,
  });

/** What a link says, as it is given: null is nothing. */
const content = {
  page: Type.Optional(orNull(address('where the buyer ends: a page of a host that was proved'))),
  app_path: Type.Optional(
    orNull(
      Type.String({
        minLength: 1,
        maxLength: LINK_APP_PATH_CHARS_MAX,
        pattern: '^/[!-~]*$',
        description: 'what apps and mini programs open; path and query of `page` when null',
      }),
    ),
  ),
  description: Type.Optional(orNull(text(1, LINK_DESCRIPTION_CHARS_MAX, 'one or two sentences for the preview'))),
  image_url: Type.Optional(orNull(address('a picture at a host that was proved'))),
  price: Type.Optional(orNull(amount)),
  availability: Type.Optional(orNull(Type.Enum(['in_stock', 'out_of_stock', 'preorder']))),
  direct: Type.Optional(
    Type.Boolean({ description: 'the page opens at once where nothing better can be done; false when left out' }),
  ),
  expires_at: Type.Optional(orNull(Type.String({ format: 'date-time', maxLength: 40, description: 'UTC, ISO 8601' }))),
};
const title = text(1, LINK_TITLE_CHARS_MAX, 'what it is');

export const newLink = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['page', 'pay', 'group'], { description: '`page` when left out' })),
    title,
    ...content,
    pay: Type.Optional(givenPay),
    group: Type.Optional(givenGroup),
    host: Type.Optional(
      orNull(Type.String({ minLength: 1, maxLength: 260, description: 'a proved host of yours that serves links' })),
    ),
  },
  closed,
);

export const linkChange = Type.Object(
  {
    title: Type.Optional(title),
    ...content,
    state: Type.Optional(Type.Enum(['active', 'stopped'], { description: 'goes alone, with a reason at most' })),
    reason: Type.Optional(text(1, LINK_REASON_CHARS_MAX, 'why it is stopped')),
    from_version: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'the version that was read: none is written over a later one',
      }),
    ),
  },
  { ...closed, minProperties: 1 },
);

const shownContent = {
  page: orNull(Type.String()),
  app_path: orNull(Type.String()),
  title: Type.String(),
  description: orNull(Type.String()),
  image_url: orNull(Type.String()),
  price: orNull(amountShown),
  availability: orNull(Type.Enum(['in_stock', 'out_of_stock', 'preorder'])),
  direct: Type.Boolean(),
  expires_at: orNull(time),
};
const state = Type.Enum(['active', 'stopped', 'taken_down']);

export const link = Type.Object({
  id: Type.String(),
  object: Type.Literal('link'),
  url: Type.String(),
  card_url: Type.String(),
  texts: Type.Object({ 'zh-CN': Type.String(), en: Type.String() }),
  code: Type.String(),
  host: orNull(Type.String()),
  kind: Type.Enum(['page', 'pay', 'group', 'collect']),
  state,
  state_reason: orNull(Type.String()),
  ...shownContent,
  version: Type.Integer(),
  livemode: Type.Boolean(),
  created_at: time,
  updated_at: time,
});

/** One link by itself tells how it is paid as well. */
export const linkWithPay = Type.Object({
  ...link.properties,
  pay: Type.Optional(shownPay),
  group: Type.Optional(shownGroup),
});

export const linkVersion = Type.Object({
  version: Type.Integer(),
  ...shownContent,
  state,
  state_reason: orNull(Type.String()),
  by: Type.String(),
  at: time,
});

export const newLinkHost = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 260, description: 'a name such as shop.example' }),
    uses: Type.Array(Type.Enum(['target', 'serve']), {
      minItems: 1,
      maxItems: 2,
      uniqueItems: true,
      description: '`target`: links lead to its pages; `serve`: links are served under it',
    }),
  },
  closed,
);

const proofFile = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 90, description: 'such as MP_verify_….txt, without a slash' }),
    content: Type.String({ minLength: 1, maxLength: LINK_HOST_FILE_BYTES_MAX, description: 'as the platform gave it' }),
  },
  closed,
);

export const linkHostChange = Type.Object(
  {
    files: Type.Array(proofFile, {
      maxItems: LINK_HOST_FILES_MAX,
      description: 'all that the host shows at its root; an empty list is nothing',
    }),
  },
  closed,
);

export const linkHost = Type.Object({
  id: Type.String(),
  object: Type.Literal('link_host'),
  host: Type.String(),
  uses: Type.Array(Type.Enum(['target', 'serve'])),
  proof: Type.Object({ line: Type.String(), file_url: orNull(Type.String()), dns_name: orNull(Type.String()) }),
  proved_at: orNull(time),
  files: Type.Array(Type.Object({ name: Type.String(), content: Type.String() })),
  created_at: time,
});

const appId = (pattern: string, description: string) => Type.String({ pattern, maxLength: 255, description });
const template = (description: string) =>
  Type.String({ minLength: 1, maxLength: LINK_TEMPLATE_CHARS_MAX, description });
const schemeTemplate = Type.Optional(orNull(template('such as shop://item/{path}')));
const hostName = Type.Optional(orNull(Type.String({ minLength: 1, maxLength: 260, description: 'a proved host' })));
const storeUrl = Type.Optional(orNull(address('its page in a store, or where it can be downloaded')));

const appSettings = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('ios'),
      app_id: appId('^[A-Z0-9]{10}\\.[A-Za-z0-9.-]+$', 'the team and the bundle id'),
      scheme: schemeTemplate,
      universal_host: hostName,
      store_url: storeUrl,
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('android'),
      package: appId('^[A-Za-z][A-Za-z0-9_.]+$', 'such as com.example.shop'),
      certificates: Type.Array(
        Type.String({ pattern: '^([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$', maxLength: 95, description: 'SHA-256' }),
        { minItems: 1, maxItems: LINK_CERTIFICATES_MAX },
      ),
      scheme: schemeTemplate,
      app_link_host: hostName,
      store_url: storeUrl,
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('wechat_mini'),
      app_id: appId('^wx[0-9a-f]{16}$', 'wx and 16 hex letters'),
      original_id: appId('^gh_[0-9a-f]{8,16}$', 'gh_ and hex letters'),
      page: template('such as pages/item/item?id={path}'),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('alipay_mini'),
      app_id: appId('^[0-9]{16}$', '16 digits'),
      page: template('such as pages/item/item?id={path}'),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('wechat_account'),
      app_id: appId('^wx[0-9a-f]{16}$', 'of the service account'),
      open_app_id: Type.Optional(orNull(appId('^wx[0-9a-f]{16}$', 'of the mobile app at the open platform'))),
    },
    closed,
  ),
]);

const appName = text(1, 80, 'for people');
const secret = Type.String({
  pattern: '^[!-~]{16,128}$',
  maxLength: 128,
  description: 'of a wechat_account; it is never shown again',
});

export const newLinkApp = Type.Object({ name: appName, settings: appSettings, secret: Type.Optional(secret) }, closed);

export const linkAppChange = Type.Object(
  { name: Type.Optional(appName), settings: Type.Optional(appSettings), secret: Type.Optional(secret) },
  { ...closed, minProperties: 1 },
);

/** What stands in `settings` depends on the kind. */
export const linkApp = Type.Object({
  id: Type.String(),
  object: Type.Literal('link_app'),
  name: Type.String(),
  settings: Type.Object({ kind: Type.String() }, { additionalProperties: true }),
  created_at: time,
});
