import { isbot } from 'isbot';

/**
 * Programs that fetch links: those that draw previews in chats and feeds first, then search engines and models. Each names itself so in its own
 * documents or in what it sends; the first that fits wins, so the more particular stands above.
 */
const ROBOTS: readonly { name: string; mark: RegExp }[] = [
  // Apple's Messages names two others' fetchers besides itself, which makes it Facebook's here: both only draw a preview.
  { name: 'facebook', mark: /facebookexternalhit|Facebot|meta-externalagent|meta-externalfetcher/i },
  { name: 'twitter', mark: /Twitterbot\//i },
  { name: 'whatsapp', mark: /^WhatsApp\//i },
  { name: 'slack', mark: /Slackbot|Slack-ImgProxy/i },
  { name: 'telegram', mark: /TelegramBot/i },
  { name: 'discord', mark: /Discordbot\//i },
  { name: 'linkedin', mark: /LinkedInBot\//i },
  { name: 'mastodon', mark: /\bMastodon\// },
  { name: 'fediverse', mark: /\b(?:Pleroma|Akkoma|Misskey|Lemmy|Friendica|GoToSocial)\b/ },
  { name: 'bluesky', mark: /Bluesky Cardyb|CardyB\//i },
  { name: 'skype', mark: /SkypeUriPreview/i },
  { name: 'kakaotalk', mark: /kakaotalk-scrap/i },
  { name: 'reddit', mark: /redditbot\//i },
  { name: 'pinterest', mark: /Pinterest(?:bot)?\/\d/i },
  { name: 'vk', mark: /vkShare/i },
  { name: 'embedly', mark: /Embedly\//i },
  { name: 'iframely', mark: /Iframely\//i },
  { name: 'bytedance', mark: /Bytespider|ToutiaoSpider/i },
  { name: 'baidu', mark: /Baidu-?spider/i },
  { name: 'qihoo', mark: /360Spider|HaosouSpider/i },
  { name: 'sogou', mark: /Sogou (?:web|inst|Pic|Orion|News) ?spider|Sogou-?Test-?Spider|Sogou spider/i },
  { name: 'yisou', mark: /YisouSpider/i },
  { name: 'petal', mark: /PetalBot/i },
  { name: 'apple', mark: /Applebot/i },
  { name: 'google', mark: /Googlebot|Google-InspectionTool|GoogleOther|AdsBot-Google|Storebot-Google/i },
  { name: 'bing', mark: /bingbot|BingPreview|adidxbot/i },
  { name: 'yandex', mark: /Yandex(?:Bot|Mobile|Images|AccessibilityBot)/i },
  { name: 'duckduckgo', mark: /DuckDuckBot|DuckAssistBot/i },
  { name: 'openai', mark: /GPTBot|ChatGPT-User|OAI-SearchBot/i },
  { name: 'anthropic', mark: /ClaudeBot|Claude-User|Claude-SearchBot/i },
  { name: 'amazon', mark: /Amazonbot/i },
  { name: 'ahrefs', mark: /AhrefsBot|AhrefsSiteAudit/i },
  { name: 'semrush', mark: /SemrushBot/i },
];

/** What isbot knows and we have no name for. */
export const OTHER_ROBOT = 'other';

/**
 * The name of the robot that says so of itself, or null. Never asked about a known app: isbot takes signs in the user agents of WeChat, Alipay
 * and Taobao for robots (`Process/toolsmp`, `ws:360|640`, `@taobao_android`). A client that names nothing is no browser.
 */
export function robotOf(userAgent: string): string | null {
  if (userAgent.trim() === '') return OTHER_ROBOT;
  return ROBOTS.find(({ mark }) => mark.test(userAgent))?.name ?? (isbot(userAgent) ? OTHER_ROBOT : null);
}
