import type { Names } from '../api.ts';

/**
 * What people read when something is declined: by the code of docs/errors.md, and three of our own (`offline`, `no_answer`, `app_fault`). A test
 * sees to it that no code that this app can meet is missing.
 */
export const problemTexts: Readonly<Record<string, Names>> = {
  offline: { 'zh-CN': '现在没有网络，或连不上服务器。', en: 'You are offline, or the server cannot be reached.' },
  no_answer: {
    'zh-CN': '没有收到答复，还不知道有没有办成。请先再查一次，不要换一笔重做。',
    en: 'No answer came, so it is not known whether it was done. Check again before you start another one.',
  },
  app_fault: {
    'zh-CN': '页面出了点问题，请刷新后再试。',
    en: 'Something went wrong on this page. Reload and try again.',
  },
  invalid_request: {
    'zh-CN': '填写的内容有误，请检查后再试。',
    en: 'Something entered is not right. Check it and try again.',
  },
  invalid_json: {
    'zh-CN': '页面出了点问题，请刷新后再试。',
    en: 'Something went wrong on this page. Reload and try again.',
  },
  invalid_cursor: { 'zh-CN': '列表已更新，请刷新。', en: 'The list has changed. Reload it.' },
  idempotency_key_missing: {
    'zh-CN': '页面出了点问题，请刷新后再试。',
    en: 'Something went wrong. Reload and try again.',
  },
  idempotency_key_invalid: {
    'zh-CN': '页面出了点问题，请刷新后再试。',
    en: 'Something went wrong. Reload and try again.',
  },
  idempotency_key_in_use: {
    'zh-CN': '上一次请求还在处理，请稍等。',
    en: 'The last request is still running. Wait a moment.',
  },
  idempotency_key_reused: { 'zh-CN': '页面内容已改变，请重新开始。', en: 'This has changed meanwhile. Start again.' },
  not_found: { 'zh-CN': '没有找到，可能已经失效。', en: 'This was not found. It may have expired.' },
  method_not_allowed: { 'zh-CN': '页面版本太旧，请刷新。', en: 'This page is out of date. Reload it.' },
  content_type_unsupported: { 'zh-CN': '页面版本太旧，请刷新。', en: 'This page is out of date. Reload it.' },
  body_too_large: { 'zh-CN': '内容太长了。', en: 'That is too long.' },
  signed_out: { 'zh-CN': '登录已过期，请重新登录。', en: 'You have been signed out. Sign in again.' },
  foreign_site: { 'zh-CN': '请求来自别的网站，没有受理。', en: 'This came from another site and was not taken.' },
  step_up_required: { 'zh-CN': '需要先验证身份。', en: 'You have to confirm that it is you first.' },
  step_up_invalid: { 'zh-CN': '验证已失效，请重新验证。', en: 'The confirmation no longer holds. Confirm again.' },
  code_wrong: { 'zh-CN': '验证码不对或已过期。', en: 'The code is wrong or has expired.' },
  code_not_sent: { 'zh-CN': '验证码没有发出，请稍后再试。', en: 'The code could not be sent. Try again shortly.' },
  pin_wrong: { 'zh-CN': '支付密码不对。', en: 'That PIN is wrong.' },
  pin_not_set: { 'zh-CN': '还没有设置支付密码。', en: 'You have no payment PIN yet.' },
  pin_too_weak: { 'zh-CN': '这个密码太容易猜到，请换一个。', en: 'That PIN is too easy to guess. Choose another.' },
  pin_locked: { 'zh-CN': '密码输错太多次，已暂时锁定。', en: 'Too many wrong PINs; it is locked for now.' },
  pin_reset_required: { 'zh-CN': '支付密码已锁定，请重新设置。', en: 'The PIN is locked. Set a new one.' },
  passkey_refused: { 'zh-CN': '通行密钥没有通过验证。', en: 'The passkey was not accepted.' },
  passkeys_max: { 'zh-CN': '通行密钥太多了，请先删掉一个。', en: 'You have too many passkeys. Remove one first.' },
  identity_differs: {
    'zh-CN': '姓名或证件号与您已绑定的不一致。',
    en: 'Name or ID number differ from those of your other cards.',
  },
  too_many_tries: { 'zh-CN': '试的次数太多了。', en: 'Too many tries.' },
  limit_exceeded: { 'zh-CN': '超过了限额。', en: 'That is above a limit.' },
  amount_below_minimum: { 'zh-CN': '金额低于最低要求。', en: 'That is below the least amount.' },
  card_number_invalid: { 'zh-CN': '卡号不对，请检查。', en: 'That is not a card number. Check it.' },
  card_not_supported: { 'zh-CN': '这种卡暂时不能绑定。', en: 'Cards of this kind cannot be bound.' },
  details_differ: {
    'zh-CN': '与银行预留的信息不一致，请检查。',
    en: 'The details do not agree with the bank’s record. Check them.',
  },
  card_already_bound: { 'zh-CN': '这张卡已经绑定了。', en: 'You have bound this card already.' },
  card_in_use: {
    'zh-CN': '这张卡还有交易在处理，请等它结束。',
    en: 'Money of this card is under way. Wait until it has arrived.',
  },
  cards_max: { 'zh-CN': '绑定的卡太多了，请先解绑一张。', en: 'You have too many cards. Unbind one first.' },
  card_not_usable: { 'zh-CN': '这张卡不能用来做这件事。', en: 'This card cannot be used for this.' },
  bank_unavailable: { 'zh-CN': '银行没有答复，请稍后再试。', en: 'The bank does not answer. Try again shortly.' },
  quote_expired: { 'zh-CN': '确认的时间过了，请重新开始。', en: 'The time to confirm is over. Start again.' },
  quote_used: { 'zh-CN': '这笔已经确认过了，请到记录里查看。', en: 'This was confirmed already. See the history.' },
  quote_bound: {
    'zh-CN': '这是收款里的一份，请回到那个收款页面确认。',
    en: 'This is a share of a collection. Confirm it on the page of that collection.',
  },
  transfer_not_cancelable: { 'zh-CN': '已经开始转账，不能撤回了。', en: 'It has set out and cannot be taken back.' },
  payee_not_found: { 'zh-CN': '没有找到收款人，请检查。', en: 'There is nobody to pay by this. Check it.' },
  no_route: { 'zh-CN': '您的卡在限额内付不了这么多。', en: 'Your cards cannot carry this much within the limits.' },
  payment_not_payable: { 'zh-CN': '这笔订单不能再付款了。', en: 'This order can no longer be paid.' },
  payment_already_succeeded: { 'zh-CN': '这笔订单已经付过了。', en: 'This order is paid already.' },
  payment_processing: {
    'zh-CN': '上一次付款还在确认，请不要重复支付。',
    en: 'An earlier try is still being cleared up. Do not pay twice.',
  },
  internal_error: {
    'zh-CN': '我们这边出了点问题，请稍后再试。',
    en: 'Something went wrong on our side. Try again later.',
  },
  link_not_active: { 'zh-CN': '这个收款已经停止或过期。', en: 'This collection was stopped or has ended.' },
  link_paid: { 'zh-CN': '已经付过了，不用再付。', en: 'It is paid already. There is nothing left to pay.' },
  link_busy: {
    'zh-CN': '剩下的份额正有人在付，请过几分钟再来看看。',
    en: 'Others are paying what is left just now. Look again in a few minutes.',
  },
  overloaded: { 'zh-CN': '现在有点忙，请稍后再试。', en: 'We are busy right now. Try again shortly.' },
  unavailable: {
    'zh-CN': '服务暂时连不上，请稍后再试。',
    en: 'The service cannot be reached right now. Try again shortly.',
  },
};
