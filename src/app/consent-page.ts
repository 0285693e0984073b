import { join } from 'node:path';
import { type Html, html, rawHtml } from '../base/html.ts';
import type { Lang } from '../base/lang.ts';
import { readInlineStyle } from '../base/read-style.ts';
import { rootDir } from '../base/root.ts';
import { API_PATH } from '../payer/order.ts';
import type { AuthorizeWish } from '../payer/payer-codes.ts';

/*
 * The page on which a person agrees that a shop may know them again. Server-made and without a script: it opens from a shop's link inside the
 * wallet's own browser.
 */

const STYLE = readInlineStyle(join(rootDir, 'src', 'app', 'consent.css'));

/** What a Content-Security-Policy allows the style of these pages by. */
export const consentStyleHash = STYLE.hash;

interface Texts {
  title: string;
  asks: string;
  learns: string;
  not: string;
  allow: string;
  deny: string;
  wallet: string;
  signInFirst: string;
  signInHint: string;
  signIn: string;
  refused: string;
  refusedHint: string;
}

const TEXTS: Record<Lang, Texts> = {
  'zh-CN': {
    title: '授权',
    asks: '想在这次付款时认出你',
    learns: '这家商户会得到：只属于它的用户标识，用于本次付款',
    not: '这家商户看不到：你的姓名、手机号和卡号',
    allow: '同意',
    deny: '拒绝',
    wallet: '由互通钱包提供，同意后回到商户页面',
    signInFirst: '请先登录',
    signInHint: '登录互通钱包后，请回到商户页面再试一次。',
    signIn: '登录',
    refused: '无法授权',
    refusedHint: '这个链接不完整，或者不是来自已登记的商户。',
  },
  en: {
    title: 'Agree',
    asks: 'would like to recognise you for this payment',
    learns: 'It gets: an identifier of yours that only this shop has, to take this payment',
    not: 'It does not see: your name, phone or card numbers',
    allow: 'Agree',
    deny: 'Decline',
    wallet: 'By Hutong Wallet. You then return to the shop.',
    signInFirst: 'Sign in first',
    signInHint: 'Sign in to Hutong Wallet, then try again from the shop’s page.',
    signIn: 'Sign in',
    refused: 'This is not possible',
    refusedHint: 'The link is not whole, or leads to no registered shop.',
  },
};

export function consentPage(wish: AuthorizeWish, lang: Lang): string {
  const text = TEXTS[lang];
  const field = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`;
  const [initial = ''] = wish.shopName;
  return page(
    lang,
    `${text.title} · ${wish.shopName}`,
    html`<div class="shop" aria-hidden="true">${initial}</div>
<h1>${wish.shopName}</h1>
<p class="asks">${text.asks}</p>
<ul><li>${text.learns}</li><li>${text.not}</li></ul>
<form method="post" action="${API_PATH}/authorize?lang=${lang}">
${field('merchant_no', wish.merchantNo)}${field('return_url', wish.returnUrl)}${field('state', wish.state)}
<button class="button" name="answer" value="allow">${text.allow}</button>
<button class="button plain" name="answer" value="deny">${text.deny}</button>
</form>
<p class="fine">${text.wallet}</p>`,
  );
}

export function signInFirstPage(lang: Lang): string {
  const text = TEXTS[lang];
  return page(
    lang,
    text.signInFirst,
    html`<h1>${text.signInFirst}</h1>
<p class="asks">${text.signInHint}</p>
<a class="button" href="/sign-in">${text.signIn}</a>`,
  );
}

export function refusedPage(lang: Lang): string {
  const text = TEXTS[lang];
  return page(lang, text.refused, html`<h1>${text.refused}</h1><p class="asks">${text.refusedHint}</p>`);
}

function page(lang: Lang, title: string, content: Html): string {
  return `<!doctype html>\n${html`<html lang="${lang}"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
${rawHtml(`<style>${STYLE.css}</style>`)}</head><body><main>${content}</main></body></html>`.toString()}\n`;
}
