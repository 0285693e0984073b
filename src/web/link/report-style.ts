import { createHash } from 'node:crypto';
import { rawHtml, type Html } from '../../base/html.ts';

/*
 * The style of the report page and of warnings stands in the page itself, because under a merchant's host nothing of ours is reachable but the link's own
 * pages. The policy names it by its hash, so that no other style runs.
 */
const CSS = `:root{color-scheme:light dark;--ground:#f2f4f7;--card:#fff;--ink:#12161d;--muted:#596273;--line:#e5e8ee;--edge:#8a93a3;--accent:#1660cf;--down:#114fae;--soft:#edf4ff;--bad-ink:#9c1f17;--bad:#fdeceb}
@media(prefers-color-scheme:dark){:root{--ground:#0e1115;--card:#181c22;--ink:#eef1f5;--muted:#a6afbd;--line:#2b313b;--edge:#7b8696;--accent:#86b4ff;--down:#1f56b3;--soft:#1a2740;--bad-ink:#ffb4ad;--bad:#3a1a18}}
*{box-sizing:border-box;margin:0}
body{min-height:100vh;display:flex;flex-direction:column;background:var(--ground);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"PingFang SC","Microsoft YaHei",sans-serif;overflow-wrap:anywhere}
main{width:calc(100% - 24px);max-width:520px;margin:12px auto;padding:24px 20px;border-radius:16px;background:var(--card);box-shadow:0 1px 2px rgba(18,32,56,.05),0 8px 28px rgba(18,32,56,.06)}
h1{font-size:22px;line-height:1.35}
.about{margin:16px 0 20px;padding:12px 14px;border:1px solid var(--line);border-radius:12px}
.about b{display:block;font-weight:600}
.fine{color:var(--muted);font-size:13px}
h1+.fine{margin-top:4px;font-size:14px}
fieldset{padding:0;border:0}
legend,label.name{display:block;margin-bottom:4px;padding:0;font-weight:600}
.reason{display:flex;gap:12px;min-height:52px;padding:10px 0;border-bottom:1px solid var(--line);cursor:pointer}
.reason:last-child{border-bottom:0}
.reason input{flex:none;width:20px;height:20px;margin:3px 0 0;accent-color:var(--accent)}
.reason span span{display:block}
p.field{margin-top:16px}
textarea,input.text{display:block;width:100%;padding:10px 12px;border:1px solid var(--edge);border-radius:10px;background:var(--card);color:inherit;font:inherit}
textarea{min-height:96px;resize:vertical}
input.text{min-height:48px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.alert{margin-bottom:12px;padding:12px 14px;border-radius:12px;background:var(--bad);color:var(--bad-ink);font-size:14px}
.button{display:block;width:100%;min-height:50px;margin-top:20px;padding:12px 20px;border:0;border-radius:12px;background:#1660cf;color:#fff;font:inherit;font-size:17px;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.button:hover,.button:active{background:var(--down)}
.plain{display:block;margin-top:8px;padding:10px;color:var(--accent);text-align:center}
.done{text-align:center}
.done svg{width:64px;height:64px;margin-bottom:12px}
.done circle{fill:#12894f}
.done path{fill:none;stroke:#fff;stroke-width:4.5;stroke-linecap:round;stroke-linejoin:round}
.done p{margin-top:8px;color:var(--muted)}
.warned circle{fill:#c9821b}
.warned .host{margin:20px 0 16px;padding:12px 14px;border:1px solid var(--line);border-radius:12px}
.host .fine,.host b{display:block}
.host b{color:var(--ink);font-size:18px}
footer{display:flex;justify-content:center;gap:16px;margin-top:auto;padding:12px 16px calc(20px + env(safe-area-inset-bottom));color:var(--muted);font-size:13px;line-height:44px}
footer a{color:inherit}
@media(min-width:800px) and (min-height:560px){main{margin:7vh auto 0;padding:40px}}
@media(forced-colors:active){.button{border:2px solid ButtonText}}
`;

export const reportStyle: Html = rawHtml(`<style>${CSS}</style>`);

const HASH = createHash('sha256').update(CSS, 'utf8').digest('base64');

/** As strict as every page of ours: nothing is loaded, nothing runs, nobody frames it, the form goes to us. */
export const reportHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex, nofollow',
  'cache-control': 'no-store',
};
