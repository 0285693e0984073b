import type { BuyerView } from '../cashier/buyer-view.ts';
import { explainDecision } from '../rollout/explain-decision.ts';
import { payLabel, type Label } from '../wallets/wallet-names.ts';
import type { WalletName } from '../wallets/wallet.ts';
import type { CashierView, PriceView } from './cashier-view.ts';

/** Why a buyer sees these wallets at these prices: for whoever builds the shop, never for buyers. */
export interface WhyView {
  lang: CashierView['lang'];
  path: string;
  place: CashierView['place'];
  merchantName: string;
  amount: string;
  wallets: readonly WhyWallet[];
}

export interface WhyWallet {
  name: string;
  label: Label;
  shown: boolean;
  /** What the rollouts have decided of it, in a sentence. */
  said: Label;
  price: PriceView | null;
}

/** The page's own wallets in its order, then those that are not shown. */
export function toWhyView(view: BuyerView, page: CashierView): WhyView {
  const hidden = (view.decision?.wallets ?? []).filter(({ wallet }) =>
    page.wallets.every(({ name }) => name !== wallet),
  );
  return {
    lang: page.lang,
    path: page.path,
    place: page.place,
    merchantName: page.merchantName,
    amount: page.amount.text,
    wallets: [
      ...page.wallets.map(({ name, label, price }) => ({ name, label, price, shown: true, said: said(view, name) })),
      ...hidden.map(({ wallet }) => ({
        name: wallet,
        label: payLabel(wallet, ''),
        price: null,
        shown: false,
        said: said(view, wallet),
      })),
    ],
  };
}

/** A payment without a decision was made where nothing is staged. */
function said(view: BuyerView, name: string): Label {
  const decided = view.decision?.wallets.find(({ wallet }) => wallet === name);
  return explainDecision(
    decided ?? { wallet: name as WalletName, shown: true, arm: 'outside', reason: 'STATIC', rollout: null }, // one of the page's own wallets
  );
}
