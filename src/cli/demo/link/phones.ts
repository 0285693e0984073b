import type { StepKind } from '../../../links/open/opening.ts';

/** Somebody who opens the link: in an app, in a browser, or a robot that makes a preview. */
export interface Opener {
  name: string;
  userAgent: string;
  /** What is held to be best there for a shop with apps and mini programs; for a robot the card is. */
  expects: StepKind | 'card';
}

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const ANDROID =
  'Mozilla/5.0 (Linux; Android 15; V2307A Build/AP3A.240905.015; wv) AppleWebKit/537.36 (KHTML, like Gecko)';

/** As these apps were seen to name themselves. */
export const OPENERS: readonly Opener[] = [
  {
    name: '微信 WeChat',
    userAgent: `${IPHONE} Mobile/15E148 MicroMessenger/8.0.44(0x18002c2f) NetType/WIFI Language/zh_CN`,
    expects: 'page',
  },
  {
    name: '支付宝 Alipay',
    userAgent: `${IPHONE} Mobile/22G100 Ariver/1.1.0 AliApp(AP/10.8.30.6000) Nebula WK RVKType(0) AlipayClient/10.8.30.6000 Language/zh-Hans Region/CN`,
    expects: 'alipay_scheme',
  },
  {
    name: '淘宝 Taobao',
    userAgent: `${ANDROID} Version/4.0 Chrome/69.0.3497.100 UWS/3.22.2.43 Mobile Safari/537.36 AliApp(TB/10.46.10) UCBS/2.11.1.1 WindVane/8.5.0`,
    expects: 'copy_text',
  },
  {
    name: '抖音 Douyin',
    userAgent: `${IPHONE} Mobile/15E148 aweme_29.3.0 JsSdk/2.0 NetType/WIFI Channel/App Store ByteLocale/zh Region/CN`,
    expects: 'page',
  },
  {
    name: '云闪付 UnionPay',
    userAgent: `${IPHONE} Mobile/15E148  (com.unionpay.chsp) (cordova 4.5.4) (UnionPay/1.0 CloudPay) (clientVersion 324) (language zh_CN)`,
    expects: 'page',
  },
  { name: 'iPhone Safari', userAgent: `${IPHONE} Version/18.6 Mobile/15E148 Safari/604.1`, expects: 'scheme' },
  {
    name: 'Android Chrome',
    userAgent:
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Mobile Safari/537.36',
    expects: 'intent',
  },
  {
    name: '电脑 Desktop',
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
    expects: 'page',
  },
  { name: '机器人 A robot', userAgent: 'Twitterbot/1.0', expects: 'card' },
];
