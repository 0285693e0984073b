import type { Label } from '../wallets/wallet-names.ts';

/** A place that any browser can stand in for while no real money moves: `?as=wechat`. */
export interface StandIn {
  name: string;
  label: Label;
  userAgent: string;
}

const ANDROID =
  'Mozilla/5.0 (Linux; Android 14; PJE110 Build/UKQ1.230804.001; wv) AppleWebKit/537.36 (KHTML, like Gecko)';
const WEB_VIEW = 'Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36';

/** One of each kind of place; the shapes are those that wallets/detect tells apart. */
export const STAND_INS: readonly StandIn[] = [
  {
    name: 'wechat',
    label: { 'zh-CN': '微信', en: 'WeChat' },
    userAgent: `${ANDROID} ${WEB_VIEW} XWEB/1260183 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600(0x28003137) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64`,
  },
  {
    name: 'alipay',
    label: { 'zh-CN': '支付宝', en: 'Alipay' },
    userAgent: `${ANDROID} ${WEB_VIEW} AlipayDefined(nt:WIFI,ws:360|0|3.0) AliApp(AP/10.6.0.8000) AlipayClient/10.6.0.8000 Language/zh-Hans`,
  },
  {
    name: 'unionpay',
    label: { 'zh-CN': '云闪付', en: 'UnionPay QuickPass' },
    userAgent: `${ANDROID} ${WEB_VIEW} (com.unionpay.chsp) (cordova 7.0.0) (UnionPay/1.0 CloudPay) (version 1001) (clientVersion 324)`,
  },
  {
    name: 'jd',
    label: { 'zh-CN': '京东', en: 'JD' },
    userAgent: `jdapp;android;13.2.2;;;M/5.0;appBuild/100860;${ANDROID} ${WEB_VIEW}`,
  },
  {
    name: 'meituan',
    label: { 'zh-CN': '美团', en: 'Meituan' },
    userAgent: `${ANDROID} ${WEB_VIEW} TitansX/20.0.1 KNB/1.2.0 android/14 mt/com.sankuai.meituan/12.24.402 App/10120/12.24.402 MeituanGroup/12.24.402`,
  },
  {
    name: 'taobao',
    label: { 'zh-CN': '淘宝', en: 'Taobao' },
    userAgent: `${ANDROID} ${WEB_VIEW} AliApp(TB/10.37.30) TTID/600000@taobao_android_10.37.30 WindVane/8.5.0`,
  },
  {
    name: 'bank',
    label: { 'zh-CN': '银行 App', en: "A bank's app" },
    userAgent: `${ANDROID} ${WEB_VIEW} (UnionPay/1.0 ICBCeLife)`,
  },
  {
    name: 'phone',
    label: { 'zh-CN': '手机浏览器', en: "A phone's browser" },
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  },
  {
    name: 'desktop',
    label: { 'zh-CN': '电脑浏览器', en: "A desktop's browser" },
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  },
];
