/** A name that people trust with money, and the hosts that are truly its own. */
export interface BrandRow {
  /** How it is named to people: `taobao.com`. */
  host: string;
  /** The label that imitators copy, in a-z and 0-9. */
  name: string;
  /** Registrable domains that belong to it besides `host`. */
  own: readonly string[];
  /** True for an ordinary word or a few letters: the very same letters under another suffix may well be somebody else's good name. */
  isCommon: boolean;
}

/*
 * Shops, wallets and banks that are imitated, as of November 2026. What stands in `own` is told to be the brand itself, so a host is
 * listed there only where its pages are known to be the brand's; a row too many among the names only makes somebody look twice.
 */
export const BRANDS: readonly BrandRow[] = [
  brand('taobao.com', 'tb.cn', 'taobao.cn', 'taobao.org'),
  brand('tmall.com', 'tmall.hk'),
  brand('alipay.com', 'alipay.cn', 'alipayobjects.com', 'alipayhk.com', 'alipayplus.com', 'alipaydev.com'),
  brand('alibaba.com', 'alibaba-inc.com', 'alibabagroup.com', 'alibabacloud.com'),
  brand('aliyun.com', 'aliyuncs.com'),
  brand('aliexpress.com', 'aliexpress.us', 'aliexpress.ru'),
  common('1688.com'),
  brand('goofish.com', 'xianyu.com'),
  brand('cainiao.com'),
  common('ele.me'),
  common('jd.com', 'jd.hk', 'jd.id', '360buy.com', '3.cn'),
  brand('jdpay.com'),
  common('qq.com'),
  brand('weixin.com', 'weixin.qq.com', 'weixinbridge.com'),
  brand('wechat.com'),
  brand('tenpay.com'),
  brand('tencent.com'),
  brand('meituan.com', 'meituan.net', 'dpurl.cn'),
  brand('dianping.com'),
  brand('unionpay.com', 'unionpayintl.com', 'unionpaysecure.com', 'chinaunionpay.com'),
  brand('95516.com', '95516.cn'),
  brand('pinduoduo.com', 'pinduoduo.net'),
  brand('yangkeduo.com'),
  brand('douyin.com', 'douyinpay.com', 'iesdouyin.com'),
  brand('toutiao.com'),
  brand('tiktok.com', 'tiktokv.com'),
  brand('kuaishou.com', 'kuaishoupay.com', 'gifshow.com'),
  brand('xiaohongshu.com', 'xhslink.com', 'xhscdn.com'),
  brand('weibo.com', 'weibo.cn'),
  brand('baidu.com', 'baidu.cn', 'baidu.jp'),
  brand('bilibili.com', 'bilibili.tv', 'bilibili.cn', 'b23.tv'),
  brand('suning.com'),
  brand('dangdang.com'),
  brand('vipshop.com'),
  brand('ctrip.com'),
  common('12306.cn'),
  brand('icbc.com.cn', 'icbc.com', 'icbc.co.uk'),
  common('ccb.com', 'ccb.cn'),
  brand('abchina.com', 'abchina.com.cn'),
  common('boc.cn'),
  brand('bankofchina.com', 'bankofchina.co.uk'),
  brand('bankcomm.com', 'bankcomm.com.hk'),
  brand('cmbchina.com', 'cmbchina.cn'),
  common('cmbc.com.cn'),
  common('psbc.com'),
  common('spdb.com.cn'),
  brand('cebbank.com'),
  brand('citicbank.com'),
  brand('pingan.com', 'pingan.com.cn', 'pingan.cn'),
  brand('cgbchina.com.cn', 'cgbchina.com'),
  brand('95588.com'),
  brand('95533.com'),
  brand('95599.cn'),
  brand('95566.com'),
  brand('paypal.com', 'paypal.cn', 'paypal.me'),
  common('visa.com', 'visa.com.cn'),
  brand('mastercard.com', 'mastercard.com.cn', 'mastercard.us'),
  common('apple.com', 'apple.com.cn'),
  brand('icloud.com', 'icloud.com.cn'),
  brand('google.com', 'google.cn', 'google.com.hk', 'google.co.jp', 'google.de'),
  brand('microsoft.com'),
];

/** The same by what people call them; only as a part of a name, for words are anybody's. */
export const CHINESE_NAMES: readonly [string, string][] = [
  ['淘宝', 'taobao.com'],
  ['天猫', 'tmall.com'],
  ['支付宝', 'alipay.com'],
  ['闲鱼', 'goofish.com'],
  ['京东', 'jd.com'],
  ['微信', 'weixin.com'],
  ['财付通', 'tenpay.com'],
  ['美团', 'meituan.com'],
  ['银联', 'unionpay.com'],
  ['云闪付', '95516.com'],
  ['拼多多', 'pinduoduo.com'],
  ['抖音', 'douyin.com'],
  ['快手', 'kuaishou.com'],
  ['小红书', 'xiaohongshu.com'],
  ['工商银行', 'icbc.com.cn'],
  ['建设银行', 'ccb.com'],
  ['农业银行', 'abchina.com'],
  ['中国银行', 'boc.cn'],
  ['招商银行', 'cmbchina.com'],
  ['交通银行', 'bankcomm.com'],
];

function brand(host: string, ...own: string[]): BrandRow {
  return { host, name: host.slice(0, host.indexOf('.')), own, isCommon: false };
}

function common(host: string, ...own: string[]): BrandRow {
  return { ...brand(host, ...own), isCommon: true };
}
