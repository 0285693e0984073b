import { Refusal } from '../base/refusal.ts';

/** The buyer is sent here after paying: a plain web address, no user name in it, nothing that a browser reads otherwise. */
export function checkReturnUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    text.includes('\\')
  )
    throw new Refusal('invalid_request', 'an http or https address without user name', {
      param: 'return_url',
      in: 'body',
    });
  return url.href;
}
