const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The articles of a campaign, to be looked up in: a shop may name a thousand, and an order asks for each of its lines. */
export function articleSet(articles: readonly string[]): ReadonlySet<string> {
  const known = sets.get(articles) ?? new Set(articles);
  sets.set(articles, known);
  return known;
}
