import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';

export interface PfxContent {
  privateKey: KeyObject;
  certificate: X509Certificate;
}

const PFX_ITERATIONS_MAX = 200_000;

/**
 * Reads a pfx (PKCS#12) with its one RSA key and the certificate that belongs to it. node-forge instead of Node's own
 * reader, because files from UnionPay's CA are sealed with RC2 and 3DES, which OpenSSL 3 no longer loads by default.
 * @throws Error saying what is wrong with it; never its content.
 */
export function readPfx(der: Buffer, password: string): PfxContent {
  const asn1 = forge.asn1.fromDer(forge.util.createBuffer(der.toString('latin1')));
  // The file says itself how long opening it takes: a hostile one would keep this thread busy for hours.
  if (mostIterations(asn1, 0) > PFX_ITERATIONS_MAX) throw new Error('its key derivation has too many rounds');
  const pfx = forge.pkcs12.pkcs12FromAsn1(asn1, password);
  const keys = [forge.pki.oids['pkcs8ShroudedKeyBag'], forge.pki.oids['keyBag']]
    .flatMap((bagType) => (bagType === undefined ? [] : (pfx.getBags({ bagType })[bagType] ?? [])))
    .flatMap((bag) => (bag.key ? [createPrivateKey(forge.pki.privateKeyToPem(bag.key))] : []));
  const [privateKey] = keys;
  if (privateKey === undefined || keys.length > 1) throw new Error('it must hold exactly one RSA key');
  const certificate = certificatesOf(pfx).find((candidate) => candidate.checkPrivateKey(privateKey));
  if (certificate === undefined) throw new Error('it holds no certificate for its key');
  return { privateKey, certificate };
}

function certificatesOf(pfx: forge.pkcs12.Pkcs12Pfx): X509Certificate[] {
  const bagType = forge.pki.oids['certBag'] ?? '';
  return (pfx.getBags({ bagType })[bagType] ?? []).flatMap((bag) =>
    bag.cert ? [new X509Certificate(forge.pki.certificateToPem(bag.cert))] : [],
  );
}

/** The highest round count in the readable part: every scheme keeps it as an INTEGER right after the OCTET STRING salt. */
function mostIterations(node: forge.asn1.Asn1, depth: number): number {
  if (depth > 32) throw new Error('it is nested too deeply');
  const children = childrenOf(node);
  let most = 0;
  for (const [index, child] of children.entries()) {
    const before = children[index - 1];
    if (child.type === forge.asn1.Type.INTEGER && before?.type === forge.asn1.Type.OCTETSTRING) {
      most = Math.max(most, Number(`0x0${bytesOf(child).toString('hex')}`));
    }
    most = Math.max(most, mostIterations(child, depth + 1));
  }
  return most;
}

function childrenOf(node: forge.asn1.Asn1): forge.asn1.Asn1[] {
  if (Array.isArray(node.value)) return node.value;
  if (node.type !== forge.asn1.Type.OCTETSTRING) return [];
  try {
    return [forge.asn1.fromDer(forge.util.createBuffer(node.value))]; // the safes are wrapped in octet strings
  } catch {
    return [];
  }
}

/** node-forge keeps bytes as a text of one letter each. */
function bytesOf(node: forge.asn1.Asn1): Buffer {
  return Buffer.from(typeof node.value === 'string' ? node.value : '', 'latin1');
}
