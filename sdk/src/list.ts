/** One page as the API answers it. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** What every list takes. */
export interface ListParams {
  /** Per page. */
  limit?: number;
  /** `next_cursor` of the page before. */
  cursor?: string;
}

/**
 * A list, new to old, that is fetched as far as it is read: `for await (const payment of hutong.payments.list())`
 * reads them all, `await list.page()` just one page, for showing pages to people.
 */
export class List<T> implements AsyncIterable<T> {
  readonly #fetchPage: (cursor: string | undefined) => Promise<Page<T>>;
  readonly #start: string | undefined;

  constructor(start: string | undefined, fetchPage: (cursor: string | undefined) => Promise<Page<T>>) {
    this.#start = start;
    this.#fetchPage = fetchPage;
  }

  page(): Promise<Page<T>> {
    return this.#fetchPage(this.#start);
  }

  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page = await this.page();
    yield page;
    while (page.next_cursor !== null) {
      page = await this.#fetchPage(page.next_cursor);
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }
}
