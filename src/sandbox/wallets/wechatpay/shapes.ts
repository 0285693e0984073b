import type { Shape } from './check-body.ts';

/** The bodies of API v3, with their documented lengths. Source: the pages of each call. */

const text = (max: number, min = 1): Shape => ({ is: 'text', max, min });
const APPID: Shape = text(32);
const MCHID: Shape = text(32);
const OUT_TRADE_NO: Shape = { is: 'text', min: 6, max: 32, pattern: /^[0-9A-Za-z_\-|*]+$/ };
const OUT_REFUND_NO: Shape = { is: 'text', max: 64, pattern: /^[0-9A-Za-z_\-|*@]+$/ };
const NOTIFY_URL: Shape = { is: 'text', max: 256, pattern: /^https?:\/\/[^?#\s]+$/ };
const CURRENCY: Shape = { is: 'text', max: 16, oneOf: ['CNY'] };

const GOODS: Shape = {
  is: 'object',
  must: { merchant_goods_id: text(32), quantity: { is: 'integer', min: 1 }, unit_price: { is: 'integer', min: 0 } },
  may: { wechatpay_goods_id: text(32), goods_name: text(256) },
};

const STORE: Shape = {
  is: 'object',
  must: {},
  may: { id: text(32), out_id: text(32), name: text(256), area_code: text(32), address: text(512) },
};

const COMMON_MUST = {
  appid: APPID,
  mchid: MCHID,
  description: text(127),
  out_trade_no: OUT_TRADE_NO,
  amount: { is: 'object', must: { total: { is: 'integer', min: 1 } }, may: { currency: CURRENCY } },
} as const satisfies Record<string, Shape>;

const COMMON_MAY = {
  attach: text(128),
  goods_tag: text(32),
  support_fapiao: { is: 'flag' },
  limit_pay: {
    is: 'list',
    of: { is: 'text', max: 32, oneOf: ['no_balance', 'no_credit', 'no_debit', 'balance_only'] },
  },
  detail: {
    is: 'object',
    must: {},
    may: { cost_price: { is: 'integer', min: 0 }, invoice_id: text(32), goods_detail: { is: 'list', of: GOODS } },
  },
  settle_info: { is: 'object', must: {}, may: { profit_sharing: { is: 'flag' } } },
} as const satisfies Record<string, Shape>;

const ORDER_MUST = { ...COMMON_MUST, notify_url: NOTIFY_URL };
const PLAIN_SCENE: Shape = {
  is: 'object',
  must: { payer_client_ip: text(45) },
  may: { device_id: text(32), store_info: STORE },
};
const ORDER_MAY = { ...COMMON_MAY, time_expire: text(64), scene_info: PLAIN_SCENE };

const H5_SCENE: Shape = {
  is: 'object',
  must: {
    payer_client_ip: text(45),
    h5_info: {
      is: 'object',
      must: { type: { is: 'text', max: 32, oneOf: ['Wap', 'iOS', 'Android'] } },
      may: { app_name: text(64), app_url: text(128), bundle_id: text(128), package_name: text(128) },
    },
  },
  may: { device_id: text(32), store_info: STORE },
};

const CODE_SCENE: Shape = {
  is: 'object',
  must: { store_info: STORE },
  may: { device_id: text(32), device_ip: text(45) },
};

export type OrderKind = 'jsapi' | 'app' | 'h5' | 'native' | 'codepay';

export const ORDER_SHAPES: Readonly<Record<OrderKind, Shape>> = {
  jsapi: {
    is: 'object',
    must: { ...ORDER_MUST, payer: { is: 'object', must: { openid: text(128) } } },
    may: ORDER_MAY,
  },
  app: { is: 'object', must: ORDER_MUST, may: ORDER_MAY },
  native: { is: 'object', must: ORDER_MUST, may: ORDER_MAY },
  h5: { is: 'object', must: { ...ORDER_MUST, scene_info: H5_SCENE }, may: ORDER_MAY },
  codepay: {
    is: 'object',
    must: {
      ...COMMON_MUST,
      payer: { is: 'object', must: { auth_code: { is: 'text', max: 32, pattern: /^1[0-5]\d{16}$/ } } },
      scene_info: CODE_SCENE,
    },
    may: COMMON_MAY,
  },
};

export const CLOSE_SHAPE: Shape = { is: 'object', must: { mchid: MCHID } };
export const REVERSE_SHAPE: Shape = { is: 'object', must: { appid: APPID, mchid: MCHID } };

export const REFUND_SHAPE: Shape = {
  is: 'object',
  must: {
    out_refund_no: OUT_REFUND_NO,
    amount: {
      is: 'object',
      must: { refund: { is: 'integer', min: 1 }, total: { is: 'integer', min: 1 }, currency: CURRENCY },
      may: {
        from: {
          is: 'list',
          of: {
            is: 'object',
            must: {
              account: { is: 'text', max: 32, oneOf: ['AVAILABLE', 'UNAVAILABLE'] },
              amount: { is: 'integer', min: 1 },
            },
          },
        },
      },
    },
  },
  may: {
    transaction_id: text(32),
    out_trade_no: text(32),
    reason: text(80),
    notify_url: NOTIFY_URL,
    funds_account: { is: 'text', max: 32, oneOf: ['AVAILABLE'] },
    goods_detail: {
      is: 'list',
      of: {
        is: 'object',
        must: {
          merchant_goods_id: text(32),
          unit_price: { is: 'integer', min: 0 },
          refund_amount: { is: 'integer', min: 1 },
          refund_quantity: { is: 'integer', min: 1 },
        },
        may: { wechatpay_goods_id: text(32), goods_name: text(256) },
      },
    },
  },
};
