import { CliError, type CliDeps } from '../../command.ts';
import { createLifetime, type Lifetime, StopAsked } from '../../lifetime.ts';
import { createStyle } from '../../style.ts';
import { createPatience } from '../patience.ts';
import { claimLines, isTrue, ledgerLines, readLedger } from '../prove.ts';
import { createStory, type Story } from '../story.ts';
import { collectWalletClaims } from './prove-wallet.ts';
import { bindCards, payShop, repay, showBalances, transfer } from './steps.ts';
import { openWalletWorld, type WalletDemoWorld } from './world.ts';

/**
 * Three cards of three banks in one wallet: balances, a transfer, a repayment, a purchase with a refund, a bank that falls silent on the
 * way, and the proof that the banks' books and the ledger agree; on a server of its own. @throws CliError when anything differs
 */
export async function runWalletDemo(
  deps: CliDeps,
  { isJson, keeps }: { isJson: boolean; keeps: boolean },
): Promise<void> {
  const startedMs = deps.clock.now().getTime();
  const story = createStory(deps.terminal, deps.clock, isJson);
  const life = createLifetime(deps.terminal);
  try {
    story.say(
      createStyle(deps.terminal.hasColour).strong('互通钱包 · 一个钱包管所有银行的卡 One wallet for every bank’s card'),
    );
    await tellStory(deps, story, life, { isJson, keeps });
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

async function tellStory(
  deps: CliDeps,
  story: Story,
  life: Lifetime,
  { isJson, keeps }: { isJson: boolean; keeps: boolean },
): Promise<void> {
  const world = await openWalletWorld(deps, story, life, keeps);
  const patience = createPatience(deps.clock, life);
  const cards = await bindCards(world, story);
  await showBalances(world, story, cards);
  await transfer(world, story, patience, cards);
  await repay(world, story, patience, cards);
  await payShop(world, story, patience, cards);
  await proveAll(deps, world, story);
  if (keeps && isJson) deps.terminal.note(`Kept: ${world.dataDir}`);
  if (keeps) story.say(`\n保留 Kept: HUTONG_DATA_DIR=${world.dataDir} hutong ledger accounts`);
}

async function proveAll(deps: CliDeps, world: WalletDemoWorld, story: Story): Promise<void> {
  const style = createStyle(deps.terminal.hasColour);
  const ledger = await story.step('ledger', '账本  The ledger', async () => {
    const value = await readLedger(world, deps.book);
    const { balances, debits, credits, chain } = value;
    const data = { accounts: balances, debits, credits, balanced: debits === credits, chain_verified: chain.isRight };
    return { value, told: { lines: ledgerLines(value, style), data } };
  });
  const claims = await story.step(
    'proof',
    '对账：银行的账与账本必须一致  Proof: bank books and ledger agree',
    async () => {
      const value = await collectWalletClaims(world, deps.book);
      const shown = value.map((claim) => ({
        what: claim.what,
        theirs: claim.theirs.minor,
        ours: claim.ours.minor,
        same: isTrue(claim),
      }));
      return { value, told: { lines: claimLines(value, style), data: { claims: shown, same: value.every(isTrue) } } };
    },
  );
  const wrong = claims.filter((claim) => !isTrue(claim)).map((claim) => claim.what);
  if (ledger.debits !== ledger.credits) wrong.push('debits and credits');
  if (!ledger.chain.isRight) wrong.push(ledger.chain.text);
  if (wrong.length > 0) throw new CliError(`The books differ: ${wrong.join('; ')}.`);
}
