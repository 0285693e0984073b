import type { Fault } from '../ground/fault.ts';
import type { Gateway, Node } from './gateway.ts';
import type { SandboxMerchant, SandboxSigner } from './keys.ts';
import { signText, spoil } from './sign.ts';

const ERROR_NODE = 'error_response';
const SERIAL_OF_NOBODY = '0123456789abcdef0123456789abcdef';

/**
 * An answer's text: the node is written once, and what is written is signed. As at the real gateway its slashes are escaped,
 * and fields come that no document names. Without a merchant, or under an `unsigned` fault, it is a bare error_response.
 */
export function writeAnswer(
  gateway: Gateway,
  merchant: SandboxMerchant | null,
  method: string,
  node: Node,
  fault: Fault | null,
): string {
  const isBare = merchant === null || fault?.kind === 'unsigned';
  if (isBare) return JSON.stringify({ [ERROR_NODE]: node });
  const isOdd = gateway.books.orders.size % 2 === 1;
  const told = isOdd ? { ...node, hutong_sandbox_note: 'https://example.com/a "new" field \\ {of nobody}' } : node;
  const text = JSON.stringify(told).replaceAll('/', '\\/');
  const signature = signText(text, signerOf(gateway, merchant, fault).key);
  const sign = fault?.kind === 'bad_signature' ? spoil(signature) : signature;
  const nodeName = `${method.replaceAll('.', '_')}_response`;
  return `{"${nodeName}":${text},${serialMember(gateway, merchant, fault)}"sign":"${sign}"}`;
}

/** Who signs for this merchant: a merchant in key mode knows one key alone. */
export function signerOf(gateway: Gateway, merchant: SandboxMerchant, fault: Fault | null): SandboxSigner {
  const isNext = merchant.serials !== null && fault?.kind === 'next_certificate';
  return isNext ? gateway.keys.next : gateway.keys.signer;
}

function serialMember(gateway: Gateway, merchant: SandboxMerchant, fault: Fault | null): string {
  if (merchant.serials === null) return '';
  const serial = fault?.kind === 'foreign_certificate' ? SERIAL_OF_NOBODY : signerOf(gateway, merchant, fault).serial;
  return `"alipay_cert_sn":"${serial}",`;
}
