import { newId } from '../../base/id.ts';
import { REPORT_REASON_CHARS_MAX } from '../../base/link-limits.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Tx } from '../../db/connect.ts';
import type { LinkActor } from '../links.ts';
import { endBrake, insertAct, insertBrake, lockBrake, raiseRevision } from './brake-store.ts';
import { cleanLine } from './clean-text.ts';
import type { Brake, BrakeEffect, BrakeSubject, SafetyAct } from './reports.ts';
import type { SafetyDeps } from './safety-deps.ts';

export type Operator = Extract<LinkActor, { kind: 'operator' }>;

/** Warns of a subject or blocks it; another effect takes the place of the one in force. @throws Refusal invalid_request */
export async function setBrake(
  deps: SafetyDeps,
  operator: Operator,
  wish: { subject: BrakeSubject; effect: BrakeEffect; reason: string },
): Promise<Brake> {
  const reason = readReason(wish.reason, 'reason');
  return await deps.sql.begin((tx) => setBrakeIn(tx, deps, operator, { ...wish, reason }));
}

/** @throws Refusal not_found where none is in force, invalid_request */
export async function liftBrake(
  deps: SafetyDeps,
  operator: Operator,
  wish: { subject: BrakeSubject; reason: string },
): Promise<void> {
  const reason = readReason(wish.reason, 'reason');
  await deps.sql.begin(async (tx) => {
    const inForce = await lockBrake(tx, deps.book, wish.subject);
    if (inForce === null) throw new Refusal('not_found', 'nobody is warned of it');
    await liftBrakeIn(tx, deps, operator.name, inForce, reason);
  });
}

export async function setBrakeIn(
  tx: Tx,
  deps: SafetyDeps,
  operator: Operator,
  wish: { subject: BrakeSubject; effect: BrakeEffect; reason: string },
): Promise<Brake> {
  const before = await lockBrake(tx, deps.book, wish.subject);
  if (before?.effect === wish.effect) return before;
  if (before !== null) await liftBrakeIn(tx, deps, operator.name, before, wish.reason);
  const brake = { id: newId('lbr', deps, deps.book), ...wish, setBy: operator.name, setAt: deps.clock.now() };
  if (!(await insertBrake(tx, deps.book, brake)))
    throw new Refusal('unavailable', 'it is being changed at this moment');
  await insertAct(
    tx,
    deps.book,
    toAct(deps, operator.name, 'brake_set', wish.subject, `${wish.effect}: ${wish.reason}`),
  );
  await raiseRevision(tx, deps.book);
  return brake;
}

export async function liftBrakeIn(tx: Tx, deps: SafetyDeps, by: string, brake: Brake, because: string): Promise<void> {
  await endBrake(tx, deps.book, brake.id, { at: deps.clock.now(), by, because });
  await insertAct(tx, deps.book, toAct(deps, by, 'brake_lifted', brake.subject, because));
  await raiseRevision(tx, deps.book);
}

export function toAct(
  deps: SafetyDeps,
  by: string,
  act: SafetyAct['act'],
  subject: { kind: SafetyAct['subjectKind']; id: string },
  reason: string,
  linksCount = 0,
): SafetyAct {
  return {
    id: newId('lac', deps, deps.book),
    act,
    subjectKind: subject.kind,
    subject: subject.id,
    by,
    reason: reason.slice(0, REPORT_REASON_CHARS_MAX),
    linksCount,
    at: deps.clock.now(),
  };
}

/** @throws Refusal invalid_request where nothing is said */
export function readReason(text: string, param: string): string {
  const line = cleanLine(text, REPORT_REASON_CHARS_MAX);
  if (line === null) throw new Refusal('invalid_request', 'Say why, in a line.', { param });
  return line;
}
