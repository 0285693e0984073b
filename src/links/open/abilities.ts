import type { Abilities, Ability } from './ability.ts';

/** When the rows were last gone through. Only WeChat's and the plain browsers' rules are written down by those who make them. */
export const ABILITIES_SEEN = '2026-11';

/** Opens pages and nothing else: how any app is read of which nothing better is known. */
const PAGES_ONLY = {
  pages: 'all',
  ownHosts: [],
  universalLinks: 'no',
  appLinks: 'no',
  intents: 'no',
  schemes: 'none',
  wechatTags: false,
  alipayScheme: 'no',
  needsTap: true,
  evidence: 'reported',
} as const satisfies Omit<Ability, 'because'>;

/** Lets other apps be opened by a list that only it knows: tried, never relied on. */
const BY_LIST = { ...PAGES_ONLY, universalLinks: 'maybe', schemes: 'list' } as const;

/** Hosts of the Alibaba family. */
const ALI_HOSTS = ['taobao.com', 'tmall.com', 'tb.cn', '1688.com', 'alipay.com', 'goofish.com', 'fliggy.com'] as const;
const ALI_FAMILY = { ...PAGES_ONLY, pages: 'own_hosts', ownHosts: ALI_HOSTS, alipayScheme: 'maybe' } as const;

/**
 * What each app's built-in browser can open. An operator who knows better replaces rows marked `reported` by a file of its own; what a step
 * may do is decided by these rows alone, never by the name of an app.
 */
export const ABILITIES: Abilities = {
  unionpay: { ...PAGES_ONLY, because: 'https pages open; links into other apps go nowhere.' },
  jdfinance: { ...PAGES_ONLY, because: 'https pages open; whether other apps do is not known.' },
  jd: { ...BY_LIST, because: 'Other apps are opened by a list of JD’s own.' },
  meituan: { ...PAGES_ONLY, because: 'https pages open; whether other apps do is not known.' },
  dianping: { ...PAGES_ONLY, because: 'It shares Meituan’s web view.' },
  bank: { ...PAGES_ONLY, because: 'Banks’ apps open pages and stop whatever leaves them.' },
  wecom: {
    ...PAGES_ONLY,
    universalLinks: 'maybe',
    because: 'As WeChat; launch tags are for pages inside WeChat itself.',
  },
  wechat: {
    ...PAGES_ONLY,
    universalLinks: 'maybe',
    wechatTags: true,
    evidence: 'documented',
    because:
      'Schemes are dropped except for partners. Launch tags open mini programs and bound apps (WeChat 7.0.12+, iOS 10.3+ or Android 5+, a verified account). Universal links are reported to open since 7.0.5.',
  },
  alipayhk: {
    ...BY_LIST,
    alipayScheme: 'maybe',
    because: 'Other apps are opened by a list; mini programs of the mainland may not be there.',
  },
  alipay: {
    ...BY_LIST,
    alipayScheme: 'yes',
    because: 'Its own mini programs open by alipays://, other apps by a list.',
  },
  dingtalk: { ...BY_LIST, alipayScheme: 'maybe', because: 'Other apps are opened by a list.' },
  tmall: { ...ALI_FAMILY, because: 'Hosts of the Alibaba family open, others are stopped by a notice.' },
  xianyu: { ...ALI_FAMILY, because: 'Hosts of the Alibaba family open, others are stopped by a notice.' },
  taobao: { ...ALI_FAMILY, because: 'Hosts of the Alibaba family open, others are stopped by a notice.' },
  qq: { ...PAGES_ONLY, because: 'Links into other apps are mostly stopped.' },
  weibo: { ...PAGES_ONLY, because: 'Links into other apps are mostly stopped.' },
  tiktok: { ...BY_LIST, because: 'Other apps are opened by a list.' },
  douyin: { ...BY_LIST, because: 'Other apps are opened by a list.' },
  toutiao: { ...BY_LIST, because: 'Other apps are opened by a list.' },
  kuaishou: { ...BY_LIST, because: 'Other apps are opened by a list.' },
  xiaohongshu: { ...BY_LIST, because: 'Other apps are opened by a list.' },
  baidu: { ...PAGES_ONLY, because: 'Links into other apps are mostly stopped.' },
  pinduoduo: { ...PAGES_ONLY, because: 'Links into other apps are stopped.' },
  bilibili: { ...BY_LIST, because: 'Other apps are opened by a list.' },
  feishu: { ...BY_LIST, because: 'Made for work; whether an app opens is up to the company’s own rules.' },
  qqbrowser: {
    ...BY_LIST,
    appLinks: 'maybe',
    intents: 'maybe',
    alipayScheme: 'maybe',
    because: 'A browser of its own, which asks before it opens another app and knows some schemes only.',
  },
  other_app: {
    ...PAGES_ONLY,
    universalLinks: 'maybe',
    because: 'A web view opens pages; on iOS a tapped universal link leaves it unless the app says otherwise.',
  },
  browser: {
    ...PAGES_ONLY,
    universalLinks: 'yes',
    appLinks: 'yes',
    intents: 'yes',
    schemes: 'all',
    alipayScheme: 'maybe',
    evidence: 'documented',
    because:
      'Safari and Chrome open other apps at a tap; a universal link only from a page of another host. Whether Alipay is there is not known.',
  },
};
