import type { Lang } from '../../base/lang.ts';
import type { Funder } from './order-price.ts';
import type { OrderState } from './orders.ts';

interface ShopTexts {
  ownName: string;
  shop: string;
  slogan: string;
  home: string;
  buyNow: string;
  safe: string;
  order: string;
  orderNo: string;
  item: string;
  amount: string;
  paidWith: string;
  state: Record<OrderState, { title: string; hint: string }>;
  payNow: string;
  check: string;
  refund: string;
  refundHint: string;
  keepShopping: string;
  toOrder: string;
  heard: string;
  heardHint: string;
  asked: string;
  problems: Record<ShopProblem, string>;
  demo: string;
  shopper: string;
  shopperFact: string;
  bestPrice: string;
  listPrice: string;
  saves(saved: string): string;
  paid: string;
  paidBy(name: string, funders: string): string;
  funders: Record<Funder['funder'], string>;
  refundToBuyer: string;
  refundToOthers: string;
}

/** What can go wrong for a visitor of the shop. */
export type ShopProblem = 'not_found' | 'cannot_pay' | 'cannot_refund' | 'cannot_share' | 'bad_request';

const chinese: ShopTexts = {
  ownName: '中文',
  shop: '胡同小铺',
  slogan: '一点老北京，一点好东西',
  home: '全部商品',
  buyNow: '立即购买',
  safe: '在互通收银台付款，任选一个钱包',
  order: '订单',
  orderNo: '订单号',
  item: '商品',
  amount: '金额',
  paidWith: '支付方式',
  state: {
    unpaid: { title: '等待付款', hint: '付款后，这里会自动更新。' },
    paid: { title: '付款成功，正在备货', hint: '谢谢惠顾！我们会尽快发出。' },
    refunding: { title: '正在退款', hint: '已向原支付方式发起退款。' },
    refunded: { title: '已退款', hint: '货款已原路退回。' },
    closed: { title: '订单已关闭', hint: '没有在规定时间内付款。想要的话，请再下一单。' },
  },
  payNow: '去付款',
  check: '查询付款结果',
  refund: '申请退款',
  refundHint: '演示小铺，随时可退。',
  keepShopping: '再逛逛',
  toOrder: '查看订单',
  heard: '小铺收到的消息',
  heardHint: '每条消息都验过签名；重复的只记一次。',
  asked: '主动查询',
  problems: {
    not_found: '没有找到这个页面',
    cannot_pay: '暂时无法下单付款，请稍后再试',
    cannot_refund: '暂时无法退款，请稍后再试',
    cannot_share: '暂时无法生成分享链接，请稍后再试',
    bad_request: '无法处理这个请求',
  },
  demo: '演示商店：不发货，不收真钱',
  shopper: '换个人来买',
  shopperFact: '买家',
  bestPrice: '到手价',
  listPrice: '原价',
  saves: (saved) => `省 ${saved}`,
  paid: '实付',
  paidBy: (name, funders) => `${name}（${funders}出资）`,
  funders: { merchant: '小铺', wallet: '钱包', bank: '银行', platform: '平台', other: '其他' },
  refundToBuyer: '退给买家',
  refundToOthers: '退回优惠出资方',
};

const english: ShopTexts = {
  ownName: 'English',
  shop: 'Hutong Store',
  slogan: 'A little of old Beijing',
  home: 'All goods',
  buyNow: 'Buy now',
  safe: 'Pay at the Hutong checkout with any wallet',
  order: 'Order',
  orderNo: 'Order no.',
  item: 'Item',
  amount: 'Amount',
  paidWith: 'Paid with',
  state: {
    unpaid: { title: 'Waiting for payment', hint: 'This page updates by itself once you have paid.' },
    paid: { title: 'Paid; we are packing it', hint: 'Thank you! It will be on its way soon.' },
    refunding: { title: 'Refund under way', hint: 'The refund has been sent the way the payment came.' },
    refunded: { title: 'Refunded', hint: 'The money went back the way it came.' },
    closed: { title: 'Order closed', hint: 'It was not paid in time. Please order again if you still want it.' },
  },
  payNow: 'Pay now',
  check: 'Ask for the result',
  refund: 'Refund',
  refundHint: 'A demo shop takes everything back.',
  keepShopping: 'Keep shopping',
  toOrder: 'To the order',
  heard: 'What the shop has heard',
  heardHint: 'Every message has a verified signature; repeats are kept once.',
  asked: 'asked by the shop',
  problems: {
    not_found: 'There is no such page',
    cannot_pay: 'Ordering does not work right now; please try again',
    cannot_refund: 'Refunding does not work right now; please try again',
    cannot_share: 'Sharing does not work right now; please try again',
    bad_request: 'This request cannot be handled',
  },
  demo: 'Demo shop: nothing is sent, no real money is taken',
  shopper: 'Buy as somebody else',
  shopperFact: 'Buyer',
  bestPrice: 'You pay',
  listPrice: 'Price',
  saves: (saved) => `save ${saved}`,
  paid: 'Paid',
  paidBy: (name, funders) => `${name} (paid by ${funders})`,
  funders: { merchant: 'the shop', wallet: 'the wallet', bank: 'the bank', platform: 'the platform', other: 'others' },
  refundToBuyer: 'Back to the buyer',
  refundToOthers: 'Back to who paid for the offers',
};

export const shopTexts: Record<Lang, ShopTexts> = { 'zh-CN': chinese, en: english };
