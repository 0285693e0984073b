/** What browsers and systems do something of their own with: run it, read files, install, call, write, pay. */
const SYSTEM = new Set(
  (
    'javascript vbscript data blob file filesystem http https ws wss ftp about view-source intent content android-app ' +
    'market jar chrome chrome-extension edge ms-appinstaller search-ms res mailto tel sms smsto mms facetime ' +
    'facetime-audio callto itms itms-apps itms-appss itms-services itms-beta prefs app-prefs app-settings shortcuts workflow ' +
    'altstore sidestore apple-magnifier ssh sftp telnet ldap dict gopher cid mid urn geo magnet vscode steam ' +
    'upi bitcoin bitcoincash litecoin ethereum lightning wc'
  ).split(' '),
);

/** Other browsers: what stands behind these is any address, which nobody has proved. Office's programs open documents from one. */
const BROWSERS =
  /(?:^|[.+-])https?(?:$|[.+-])|^(?:ms-|googlechromes?|firefox|microsoft-edge|brave|opera|vivaldi|duckduckgo|ddgquicklink|ucbrowser|ucweb|mttbrowser|baidubrowser|yandexbrowser|samsungbrowser|mibrowser)/;

/** Wallets and large apps: what they open is theirs to say, so no merchant's app has them for its own. */
const FOREIGN =
  /^(?:alipay\w*|weixin\w*|wechat\w*|wxp|wxpay|wx[0-9a-f]{16}|wxwork|taobao|tbopen|tmall|fleamarket|upwallet|uppay\w*|unionpay|cloudpay|openapp\.jdmobile|openjd\w*|jdpay\w*|snssdk\d+|douyin|kwai|ksnebula|xhsdiscover|mqq\w*|tim|sinaweibo|weibo\w*|baiduboxapp|baiduboxlite|imeituan|dianping|pinduoduo|dingtalk\w*|lark|feishu|paypal|venmo|gpay|tez|phonepe|paytm\w*|tg|whatsapp|line|fb\w*|fb-\w+|twitter|instagram|zoommtg|zoomus|slack|msteams|hutong)$/;

/** Whether a scheme, in small letters, can be one that a merchant's own app has. */
export function isOwnScheme(scheme: string): boolean {
  return !SYSTEM.has(scheme) && !BROWSERS.test(scheme) && !FOREIGN.test(scheme);
}
