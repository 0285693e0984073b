import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';

/** Asks the device to sign with a passkey; `options` come from our server. Null when the person stopped it. */
export async function usePasskeyOf(options: object): Promise<object | null> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON; // made by our server's half of the same library
  return startAuthentication({ optionsJSON }).catch(nullIfStopped);
}

/** Makes a new passkey on this device. Null when the person stopped it. */
export async function makePasskey(options: object): Promise<object | null> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const optionsJSON = options as PublicKeyCredentialCreationOptionsJSON; // as above
  return startRegistration({ optionsJSON }).catch(nullIfStopped);
}

/** Stops the device's question, when the person would rather prove it another way. */
export async function stopPasskey(): Promise<void> {
  const { WebAuthnAbortService } = await import('@simplewebauthn/browser');
  WebAuthnAbortService.cancelCeremony();
}

export function canUsePasskeys(): boolean {
  return typeof window.PublicKeyCredential === 'function';
}

/** What this browser and device call themselves, for the list of devices and keys. */
export function deviceName(): string {
  const agent = navigator.userAgent;
  const system = /HarmonyOS|iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(agent)?.[0] ?? 'Web';
  const browser = /MicroMessenger|Edg|Firefox|Chrome|Safari/.exec(agent)?.[0] ?? '';
  const names: Record<string, string> = { MicroMessenger: '微信', Edg: 'Edge', Macintosh: 'Mac' };
  return [names[system] ?? system, names[browser] ?? browser].filter((part) => part !== '').join(' · ');
}

/** Stopping, waiting too long or having no key here is a choice, not a fault. */
function nullIfStopped(error: unknown): null {
  if (error instanceof Error && ['NotAllowedError', 'AbortError', 'InvalidStateError'].includes(error.name))
    return null;
  throw error;
}
