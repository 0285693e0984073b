import { APPS } from '../../wallets/detect/apps.ts';
import type { AppOfText } from './pasted-text.ts';

export interface AppWay {
  /** Opens the app itself, nothing in it; never made of anything that was pasted. */
  scheme: string;
  androidPackage: string;
  /** seen: named in documents or read from real links. reported: common experience; where it does nothing, the person opens the app by hand. */
  evidence: 'seen' | 'reported';
}

/** How the app that alone can read its own text is opened; null: our own, which is a page. */
export const APP_WAYS: Readonly<Record<Exclude<AppOfText, 'hutong'>, AppWay>> = {
  taobao: { scheme: 'taobao://', androidPackage: 'com.taobao.taobao', evidence: 'seen' },
  tmall: { scheme: 'tmall://', androidPackage: 'com.tmall.wireless', evidence: 'reported' },
  xianyu: { scheme: 'fleamarket://', androidPackage: 'com.taobao.idlefish', evidence: 'reported' },
  jd: { scheme: 'openapp.jdmobile://', androidPackage: 'com.jingdong.app.mall', evidence: 'seen' },
  douyin: { scheme: 'snssdk1128://', androidPackage: 'com.ss.android.ugc.aweme', evidence: 'seen' },
  kuaishou: { scheme: 'kwai://', androidPackage: 'com.smile.gifmaker', evidence: 'seen' },
  xiaohongshu: { scheme: 'xhsdiscover://', androidPackage: 'com.xingin.xhs', evidence: 'reported' },
  wechat: { scheme: 'weixin://', androidPackage: 'com.tencent.mm', evidence: 'seen' },
  alipay: { scheme: 'alipays://platformapi/startapp', androidPackage: 'com.eg.android.AlipayGphone', evidence: 'seen' },
  pinduoduo: { scheme: 'pinduoduo://', androidPackage: 'com.xunmeng.pinduoduo', evidence: 'reported' },
  meituan: { scheme: 'imeituan://', androidPackage: 'com.sankuai.meituan', evidence: 'reported' },
  dianping: { scheme: 'dianping://', androidPackage: 'com.dianping.v1', evidence: 'reported' },
  baidu: { scheme: 'baiduboxapp://', androidPackage: 'com.baidu.searchbox', evidence: 'reported' },
  bilibili: { scheme: 'bilibili://', androidPackage: 'tv.danmaku.bili', evidence: 'reported' },
  weibo: { scheme: 'sinaweibo://', androidPackage: 'com.sina.weibo', evidence: 'reported' },
};

/** What people call it. */
export function nameOfApp(app: AppOfText): { 'zh-CN': string; en: string } {
  if (app === 'hutong') return { 'zh-CN': '互通', en: 'Hutong' };
  const row = APPS.find((each) => each.app === app);
  return { 'zh-CN': row?.zh ?? app, en: row?.en ?? app };
}
