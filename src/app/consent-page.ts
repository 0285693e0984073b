import { type Html, html } from '../base/html.ts';
import { API_PATH } from '../payer/order.ts';
import type { AuthorizeWish } from '../payer/payer-codes.ts';

/*
 * The page on which a person agrees that a shop may know them again. Server-made and without a script: it opens from a shop's link inside the
 * wallet's own browser.
 */

export function consentPage(wish: AuthorizeWish): string {
  const field = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`;
  return page(
    '授权 Sign in',
    html`<h1>${wish.shopName}</h1>
<p>申请获得你在这家商户的用户标识，用于本次付款。商户看不到你的姓名、手机号和卡号。</p>
<p lang="en">asks for an identifier of you, to take this payment. It learns neither your name nor your phone or card numbers.</p>
<form method="post" action="${API_PATH}/authorize">
${field('merchant_no', wish.merchantNo)}${field('return_url', wish.returnUrl)}${field('state', wish.state)}
<button name="answer" value="allow">同意 <span lang="en">Allow</span></button>
<button name="answer" value="deny">拒绝 <span lang="en">Deny</span></button>
</form>`,
  );
}

export function signInFirstPage(): string {
  return page(
    '请先登录 Sign in first',
    html`<h1>请先登录 <span lang="en">Sign in first</span></h1>
<p>登录互通钱包后，请回到商户页面再试一次。</p>
<p lang="en">Sign in to Hutong Wallet, then try again from the shop’s page.</p>
<p><a href="/sign-in">登录 <span lang="en">Sign in</span></a></p>`,
  );
}

export function refusedPage(): string {
  return page(
    '无法授权 Not possible',
    html`<h1>无法授权 <span lang="en">Not possible</span></h1>
<p>这个链接不完整，或者不是来自已登记的商户。</p>
<p lang="en">The link is not whole, or leads to no registered shop.</p>`,
  );
}

function page(title: string, content: Html): string {
  return `<!doctype html>\n${html`<html lang="zh-CN"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
</head><body><main>${content}</main></body></html>`.toString()}\n`;
}
