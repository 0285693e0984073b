import type { Secret } from '../base/secret.ts';
import type { IndexedRows } from '../vault/rotate.ts';
import type { Act, ProofLevel, Session, UserId, Users } from './users.ts';

/*
 * What the wallet app's server calls: signing in, devices, the payment PIN, passkeys, proofs. `Users` is the part that cards/, transfers/ and
 * payer/ lean on. Texts come in as the person typed them; every method checks its own.
 */

type Lang = Session['lang'];

export interface UsersApi extends Users {
  /**
   * Sends a code to a phone, whether or not anybody here has it: nobody is looked up. `origin` is where the request came from (an address);
   * sending is limited by phone and by origin, and counted apart for the owner's own devices (`deviceToken`, as in DeviceFacts), so that strangers lock
   * nobody out. @throws Refusal `invalid_request` (param `phone`), `too_many_tries`, `code_not_sent`
   */
  startSignIn(input: { phone: string; lang: Lang; origin: string; deviceToken?: string | null }): Promise<SentCode>;
  /** Signs up whoever is new. @throws Refusal `code_wrong`, `invalid_request` */
  finishSignIn(input: DeviceFacts & { codeId: string; phone: string; code: string }): Promise<SignedIn>;
  /** `options` is what navigator.credentials.get takes under `publicKey`; anybody's passkey may answer. */
  startPasskeySignIn(input: { origin: string }): Promise<PasskeyChallenge>;
  /** @throws Refusal `passkey_refused`, whatever is wrong */
  finishPasskeySignIn(input: DeviceFacts & { challengeId: string; response: unknown }): Promise<SignedIn>;
  signOut(session: Session): Promise<void>;
  /** Every device, this one too. */
  signOutEverywhere(session: Session): Promise<void>;
  me(session: Session): Promise<Me>;
  setLang(session: Session, lang: Lang): Promise<Me>;

  listDevices(session: Session): Promise<Device[]>;
  /** Its sessions end. @throws Refusal `not_found`, also for another person's */
  removeDevice(session: Session, deviceId: string): Promise<void>;

  /**
   * Sets the first PIN (`oldPin` null) or changes it. @throws Refusal `pin_too_weak` (fact `why`), `pin_wrong` (facts `tries_left`),
   * `pin_locked`, `pin_reset_required`, `invalid_request`, `overloaded`
   */
  setPin(session: Session, input: { pin: string; oldPin: string | null }): Promise<void>;
  /** Only after `cards.verifyPerson`: the caller has checked the four elements of a bound card. */
  startPinReset(session: Session): Promise<{ resetId: string; resendAfterSeconds: number }>;
  /** Ends every other session. @throws Refusal `code_wrong`, `pin_too_weak`, `overloaded` */
  finishPinReset(session: Session, input: { resetId: string; code: string; pin: string }): Promise<void>;

  listPasskeys(session: Session): Promise<Passkey[]>;
  /** `options` is what navigator.credentials.create takes under `publicKey`. @throws Refusal `pin_not_set`, `passkeys_max` */
  startPasskey(session: Session): Promise<PasskeyChallenge>;
  /** What has to be proved to add one, the first too: level `strong`, for it proves everything afterwards. */
  addPasskeyAct(session: Session): Promise<{ act: Act; level: ProofLevel }>;
  /** @throws Refusal `passkey_refused`, `step_up_required`, `step_up_invalid`, `passkeys_max` */
  addPasskey(
    session: Session,
    input: { challengeId: string; response: unknown; name: string; proof: string | null },
  ): Promise<Passkey>;
  /** @throws Refusal `not_found` */
  removePasskeyAct(session: Session, passkeyId: string): Promise<{ act: Act; level: ProofLevel }>;
  removePasskey(session: Session, passkeyId: string, proof: string | null): Promise<void>;

  /** Which proofs will do for this act. At level `device` nothing need be proved; `pin` is offered then. @throws Refusal `pin_not_set` */
  offerProof(session: Session, act: Act, level: ProofLevel): Promise<ProofOffer>;
  /** Sends the code of `pin_and_code`; the message says what it is for, how much and to whom. @throws as startSignIn, `step_up_invalid` */
  sendProofCode(session: Session, proofId: string): Promise<{ resendAfterSeconds: number }>;
  /** The token is good once, for two minutes, for this session and act. @throws Refusal `step_up_invalid`, `pin_…`, `code_wrong`, `passkey_refused` */
  proveAct(session: Session, proofId: string, input: ProofInput): Promise<{ token: string }>;

  /** Phones, for the rotation of the vault's keys. */
  readonly indexed: IndexedRows;
  /** Walks the whole audit chain of a book. `knownHead` is a head that the log told earlier: it finds a chain cut and signed anew. */
  verifyAudit(book: number, knownHead: AuditHead | null): Promise<AuditFinding>;
  /** Chains audit lines, says the head to the log every minute, sweeps what is over. */
  startWork(): void;
  stop(): Promise<void>;
}

export interface SentCode {
  codeId: string;
  resendAfterSeconds: number;
}

export interface DeviceFacts {
  /** `iPhone, Safari`; shown in the list of devices. */
  deviceName: string;
  lang: Lang;
  /** The value of the cookie `__Host-hutong-device`, if there is one. */
  deviceToken: string | null;
}

export interface SignedIn {
  session: Session;
  /** For `__Host-hutong`: Secure, HttpOnly, SameSite=Strict, Path=/. */
  cookie: Secret;
  /** For `__Host-hutong-device`, alike, for `DEVICE_COOKIE_DAYS`. */
  deviceToken: Secret;
  isNewUser: boolean;
}

export interface Me {
  userId: UserId;
  phoneMasked: string;
  nameMasked: string | null;
  hasPin: boolean;
  passkeysCount: number;
  deviceIsNew: boolean;
  lang: Lang;
}

export interface Device {
  id: string;
  name: string;
  isThis: boolean;
  createdAt: Date;
  lastUsedAt: Date;
}

export interface Passkey {
  id: string;
  name: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

export interface PasskeyChallenge {
  challengeId: string;
  options: object;
}

export type ProofWay = 'passkey' | 'pin' | 'pin_and_code';

/** The best way first. */
export interface ProofOffer {
  proofId: string;
  level: ProofLevel;
  ways: ProofWay[];
  /** What navigator.credentials.get takes under `publicKey`; its challenge covers kind, subject, amount and payee. */
  passkeyOptions: object | null;
  /** Where a code would go. */
  phoneMasked: string | null;
}

export interface ProofInput {
  pin: string | null;
  code: string | null;
  passkey: unknown;
}

export interface AuditHead {
  seq: bigint;
  /** 64 hexadecimal digits. */
  hash: string;
}

export type AuditFinding =
  | { kind: 'whole'; head: AuditHead; linesCount: bigint }
  /** The first row that is wrong. `id` is null when the row is gone and nothing says what its id was. */
  | { kind: 'broken'; seq: bigint | null; id: string | null; why: string };
