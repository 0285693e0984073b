import { CliError, type CliDeps } from '../command.ts';
import { createLifetime, type Lifetime, StopAsked } from '../lifetime.ts';
import { createStyle } from '../style.ts';
import { claimLines, collectClaims, isTrue, ledgerLines, readLedger } from './prove.ts';
import { createPatience } from './patience.ts';
import { pay, refund, refuseForgery } from './steps.ts';
import { createStory, type Story } from './story.ts';
import { type DemoWorld, openWorld } from './world.ts';

export interface DemoOptions {
  isJson: boolean;
  /** Leaves the folder where it is. */
  keeps: boolean;
}

/** One order from the shop's call to the last posting, on a server of its own. @throws CliError when anything differs. */
export async function runDemo(deps: CliDeps, { isJson, keeps }: DemoOptions): Promise<void> {
  const startedMs = deps.clock.now().getTime();
  const story = createStory(deps.terminal, deps.clock, isJson);
  const life = createLifetime(deps.terminal);
  try {
    story.say(
      createStyle(deps.terminal.hasColour).strong('互通 Hutong · 一笔云闪付付款的一生 The life of one payment'),
    );
    await tellStory(deps, story, life, keeps, isJson);
    story.say('');
    story.say(
      `完成 Done in ${((deps.clock.now().getTime() - startedMs) / 1000).toFixed(1)} s. 自己试试 Try it yourself: npm start`,
    );
  } catch (error) {
    throw error instanceof StopAsked ? new CliError('Stopped before the end; everything was cleaned up.') : error;
  } finally {
    await life.end();
  }
}

async function tellStory(deps: CliDeps, story: Story, life: Lifetime, keeps: boolean, isJson: boolean): Promise<void> {
  const world = await openWorld(deps, story, life, keeps);
  const patience = createPatience(deps.clock, life);
  const { paymentId, notification } = await pay(world, story, patience);
  await refuseForgery(world, story, deps.book, notification, paymentId);
  await refund(world, story, patience, paymentId);
  await prove(deps, world, story, paymentId);
  if (keeps && isJson) deps.terminal.note(`Kept: ${world.dataDir}`);
  if (keeps) story.say(`\n保留 Kept: HUTONG_DATA_DIR=${world.dataDir} hutong ledger accounts`);
}

async function prove(deps: CliDeps, world: DemoWorld, story: Story, paymentId: string): Promise<void> {
  const style = createStyle(deps.terminal.hasColour);
  const ledger = await story.step('ledger', '账本  The ledger', async () => {
    const value = await readLedger(world, deps.book);
    const { balances, debits, credits, chain } = value;
    const data = { accounts: balances, debits, credits, balanced: debits === credits, chain_verified: chain.isRight };
    return { value, told: { lines: ledgerLines(value, style), data } };
  });
  const claims = await story.step('proof', '对账：两边的账必须一致  Proof: both sides must say the same', async () => {
    const value = await collectClaims(world, paymentId, ledger);
    const shown = value.map((claim) => ({
      what: claim.what,
      theirs: claim.theirs.minor,
      ours: claim.ours.minor,
      same: isTrue(claim),
    }));
    return { value, told: { lines: claimLines(value, style), data: { claims: shown, same: value.every(isTrue) } } };
  });
  const wrong = claims.filter((claim) => !isTrue(claim)).map((claim) => claim.what);
  if (ledger.debits !== ledger.credits) wrong.push('debits and credits');
  if (!ledger.chain.isRight) wrong.push(ledger.chain.text);
  if (wrong.length > 0) throw new CliError(`The books differ: ${wrong.join('; ')}.`);
}
