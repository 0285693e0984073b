import { CliError } from '../command.ts';

const PIN = '123456';

/**
 * What the 云闪付 app does with a tn, over HTTP as a person would on the pretend app's page: looks the order up, shows it,
 * and pays it with the first card.
 */
export async function payInApp(
  gatewayUrl: string,
  tn: string,
): Promise<{ url: string; status: number; shown: string }> {
  const url = `${gatewayUrl}/pay?tn=${encodeURIComponent(tn)}&lang=zh-CN`;
  const page = await (await fetch(url)).text();
  const order = /name="order" value="([^"]+)"/.exec(page)?.[1];
  if (order === undefined) throw new CliError('The pretend app shows no order for this tn.');
  const shown = /[¥￥]\s*(?:<[^>]+>)*\s*([\d,]+\.\d{2})/.exec(page)?.[1] ?? '';
  const reply = await fetch(`${gatewayUrl}/pay`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ order, lang: 'zh-CN', action: 'pay', card: '0', pin: PIN }),
  });
  const location = reply.headers.get('location') ?? '';
  if (reply.status !== 303 || !location.startsWith('/pay/result')) throw new CliError('The pretend app did not pay.');
  return { url: `${gatewayUrl}/pay`, status: reply.status, shown };
}
