import type { Lang } from '../../base/lang.ts';

interface ShareTexts {
  share: string;
  title: string;
  hint: string;
  toApp: string;
  link: string;
  linkHint: string;
  copy: string;
  copied: string;
  text: string;
  textHint: string;
  card: string;
  cardAlt(name: string): string;
  cardHint: string;
  saveCard: string;
  scan: string;
  scanAlt: string;
  close: string;
  back: string;
}

const chinese: ShareTexts = {
  share: '分享',
  title: '分享给朋友',
  hint: '一个链接，在哪个应用里都能打开。',
  toApp: '发送到应用…',
  link: '链接',
  linkHint: '微信、支付宝、浏览器里都能直接打开',
  copy: '复制',
  copied: '已复制',
  text: '口令',
  textHint: '只能发文字的地方用它，复制后打开即到',
  card: '图片卡片',
  cardAlt: (name) => `${name}的分享图片，带价格和二维码`,
  cardHint: '发朋友圈、打印、贴在店里都行',
  saveCard: '保存图片',
  scan: '用手机扫一扫，接着看',
  scanAlt: '打开这件商品的二维码',
  close: '关闭',
  back: '返回商品',
};

const english: ShareTexts = {
  share: 'Share',
  title: 'Share with friends',
  hint: 'One link that opens in every app.',
  toApp: 'Send to an app…',
  link: 'Link',
  linkHint: 'Opens in WeChat, Alipay and every browser',
  copy: 'Copy',
  copied: 'Copied',
  text: 'As text',
  textHint: 'For places that only take text: copy it, open, and you are there',
  card: 'Picture card',
  cardAlt: (name) => `A picture of ${name} to share, with its price and a QR code`,
  cardHint: 'For Moments, for printing, for the shop window',
  saveCard: 'Save the picture',
  scan: 'Scan it and go on with your phone',
  scanAlt: 'A QR code that opens this product',
  close: 'Close',
  back: 'Back to the product',
};

export const shareTexts: Record<Lang, ShareTexts> = { 'zh-CN': chinese, en: english };
