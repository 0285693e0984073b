import { readPlan } from '../../../rollout/read-plan.ts';
import { formatMoney, money } from '../../../money/money.ts';
import { CliError, type CliDeps } from '../../command.ts';
import { DEMO_CAMPAIGNS } from '../../demo-offers.ts';
import { createLifetime, type Lifetime, StopAsked } from '../../lifetime.ts';
import { createStyle } from '../../style.ts';
import { createPatience, type Patience } from '../patience.ts';
import { ledgerLines, readLedger } from '../prove.ts';
import { createStory, type Story } from '../story.ts';
import { type Bought, type Buyers, createBuyers } from './buyers.ts';
import { openRolloutWorld, type RolloutDemoWorld } from './world.ts';

const OPERATOR = { by: 'hutong demo', reason: 'the demo' };
const NAMES = Array.from({ length: 20 }, (_, index) => `neighbour-${String(index + 1).padStart(2, '0')}`);
const CALM_PAYMENTS = 120;
const STORM_PAYMENTS_MAX = 3000;
const FAIL_PERCENT = 20;

/**
 * A wallet is opened to a few buyers, then to half of them, by itself; then its simulator fails one payment of five, and the rollout halts
 * by itself; on a server of its own. @throws CliError when it does not, or when the books differ
 */
export async function runRolloutDemo(
  deps: CliDeps,
  { isJson, keeps }: { isJson: boolean; keeps: boolean },
): Promise<void> {
  const startedMs = deps.clock.now().getTime();
  const story = createStory(deps.terminal, deps.clock, isJson);
  const life = createLifetime(deps.terminal);
  try {
    story.say(
      createStyle(deps.terminal.hasColour).strong(
        '灰度与优惠 · 先给少数人，出事自己停 Staged, watched, and halted by itself',
      ),
    );
    await tellStory(deps, story, life, keeps);
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

async function tellStory(deps: CliDeps, story: Story, life: Lifetime, keeps: boolean): Promise<void> {
  const world = await openRolloutWorld(deps, story, life, keeps);
  const patience = createPatience(deps.clock, life);
  const buyers = createBuyers(world);
  await publishOffers(world, story);
  const id = await stage(deps, world, story);
  const few = await tellWhoSees(buyers, story, 'few_see', '第一步：20% 的买家  The first step: 20 % of the buyers');
  await story.step('calm', '一切正常，自动进入下一步  All is well: it goes on by itself', async () => {
    const bought = await buyers.buy(CALM_PAYMENTS, async () => false);
    const step = await patience('the next step', async () => {
      const { step } = await standing(deps, world, id);
      return step > 0 ? step : null;
    });
    return { value: null, told: { facts: { ...sumUp(bought), step: `${step + 1} / 2 · 50%` } } };
  });
  const more = await tellWhoSees(
    buyers,
    story,
    'more_see',
    '第二步：50%，见过的都还看得见  The second step: 50 %, nobody loses it',
  );
  if (few.some((sees, index) => sees && !more[index])) throw new CliError('A buyer who saw the wallet lost it.');
  await storm(deps, world, story, buyers, patience, id);
  const none = await tellWhoSees(buyers, story, 'none_sees', '停止之后：谁都看不见了  After the halt nobody sees it');
  if (none.some((sees) => sees)) throw new CliError('A buyer still sees the halted wallet.');
  await prove(deps, world, story);
}

async function publishOffers(world: RolloutDemoWorld, story: Story): Promise<void> {
  await story.step('publish_offers', '发布优惠  Publish the offers', async () => {
    const [flat] = DEMO_CAMPAIGNS;
    const actor = { kind: 'operator', name: OPERATOR.by } as const;
    const { merchantId } = world;
    await world.server.offers.publish({ actor, merchantId, campaign: flat, reason: OPERATOR.reason, claim: null });
    return { value: null, told: { facts: { offer: '云闪付立减 5 元  ¥5 off with UnionPay', paid_by: 'unionpay' } } };
  });
}

async function stage(deps: CliDeps, world: RolloutDemoWorld, story: Story): Promise<string> {
  return await story.step('stage', '云闪付分步放量  Stage the wallet', async () => {
    const plan = readPlan({
      key: 'wallet.unionpay',
      wallet: 'unionpay',
      merchant: world.merchantId,
      steps: [
        { share: '20%', for: '1s', payments: 10 },
        { share: '50%', for: '1d', payments: 1_000_000 },
      ],
    });
    const { rollouts, sql } = world.server;
    const id = await sql.begin(async (tx) => {
      const made = await rollouts.create(tx, deps.book, plan, OPERATOR);
      await rollouts.act(tx, { book: deps.book, id: made.id, merchantId: null }, { action: 'start' }, OPERATOR);
      return made.id;
    });
    const facts = { rollout: id, steps: '20% → 50%', watched: plan.guardrails.map(({ metric }) => metric).join(', ') };
    return { value: id, told: { facts } };
  });
}

async function tellWhoSees(buyers: Buyers, story: Story, name: string, title: string): Promise<boolean[]> {
  return await story.step(name, title, async () => {
    const sees = await buyers.whoSees(NAMES);
    const line = sees.map((one) => (one ? '●' : '○')).join(' ');
    const count = sees.filter((one) => one).length;
    return {
      value: sees,
      told: {
        lines: [`${line}   ${count} / ${NAMES.length} 看得见云闪付 see 云闪付`],
        data: { see: NAMES.filter((_, index) => sees[index]), of: NAMES.length },
      },
    };
  });
}

async function storm(
  deps: CliDeps,
  world: RolloutDemoWorld,
  story: Story,
  buyers: Buyers,
  patience: Patience,
  id: string,
): Promise<void> {
  const title = `云闪付开始有 ${FAIL_PERCENT}% 的支付失败  The pretend UnionPay fails ${FAIL_PERCENT} % of its payments`;
  await story.step('halt', title, async () => {
    world.unionpay.setFault({ operation: 'pay', kind: 'declined', share: FAIL_PERCENT });
    const isHalted = async () => (await standing(deps, world, id)).state === 'halted';
    const bought = await buyers.buy(STORM_PAYMENTS_MAX, isHalted);
    await patience('the halt', async () => ((await isHalted()) ? true : null));
    const report = await world.server.rollouts.report({ book: deps.book, id, merchantId: null });
    const why = report.moves.find(({ action }) => action === 'halt')?.reason ?? '';
    const facts = { ...sumUp(bought), state: '已自动停止 halted by itself', why };
    return { value: null, told: { facts } };
  });
}

async function standing(deps: CliDeps, world: RolloutDemoWorld, id: string): Promise<{ state: string; step: number }> {
  const [first] = await world.server.rollouts.list({ book: deps.book, merchantId: null, before: null, itemsMax: 1 });
  if (first?.id !== id) throw new CliError('The rollout is not there.');
  return { state: first.state, step: first.step };
}

function sumUp(bought: readonly Bought[]): Record<string, string> {
  const through = bought.filter(({ wallet }) => wallet === 'unionpay');
  const saved = bought.reduce((sum, one) => (one.succeeded ? sum + one.savedFen : sum), 0n);
  return {
    payments: String(bought.length),
    through_unionpay: String(through.length),
    failed: String(bought.filter(({ succeeded }) => !succeeded).length),
    saved: formatMoney(money('CNY', saved)),
  };
}

async function prove(deps: CliDeps, world: RolloutDemoWorld, story: Story): Promise<void> {
  const style = createStyle(deps.terminal.hasColour);
  const ledger = await story.step('ledger', '账本  The ledger', async () => {
    const value = await readLedger(world, deps.book);
    const { balances, debits, credits, chain } = value;
    const data = { accounts: balances, debits, credits, balanced: debits === credits, chain_verified: chain.isRight };
    return { value, told: { lines: ledgerLines(value, style), data } };
  });
  const wrong = [
    ...(ledger.debits === ledger.credits ? [] : ['debits and credits']),
    ...(ledger.chain.isRight ? [] : [ledger.chain.text]),
    ...(['unionpay', 'wechatpay'] as const).filter((wallet) => {
      const theirs = world[wallet].totals().reduce((sum, row) => sum + BigInt(row.net_fen), 0n);
      const ours = ledger.balances.find(
        (row) => row.kind === 'wallet_receivable' && row.owner === world.accounts[wallet],
      );
      return (ours?.balance ?? 0n) !== theirs;
    }),
  ];
  if (wrong.length > 0) throw new CliError(`The books differ: ${wrong.join('; ')}.`);
}
