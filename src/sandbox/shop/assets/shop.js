// Keeps an open order page up to date: asks the shop for the order's version and moves the new page's contents in.
(function () {
  const POLL_MS = 1500;
  let order = document.getElementById('order');
  setTimeout(() => void ask(), POLL_MS);
  document.addEventListener('visibilitychange', () => void ask());
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) void ask();
  });
  let timer = 0;

  async function ask() {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const reply = await fetch(order.dataset.stateUrl, { cache: 'no-store' });
      const { version } = await reply.json();
      if (version !== order.dataset.version) await renew();
    } catch {
      // The shop is away for a moment; the next round asks again.
    }
    timer = setTimeout(() => void ask(), POLL_MS);
  }

  async function renew() {
    const reply = await fetch(location.href, { cache: 'no-store' });
    const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const next = fresh.getElementById('order');
    if (!next) return;
    document.title = fresh.title;
    for (const name of ['state', 'version']) order.dataset[name] = next.dataset[name];
    const status = order.querySelector('[role=status]');
    const nextStatus = next.querySelector('[role=status]');
    status.className = nextStatus.className;
    status.replaceChildren(...nextStatus.childNodes); // the same live region, so that it is read out
    nextStatus.replaceWith(status);
    order.replaceChildren(...next.childNodes);
  }
})();
