// Follows the payment: asks for its state, and puts the server's new page in place when it has changed. Everything that
// is shown comes from the server; without this script the forms and links do the same by hand.
(function () {
  const POLL_MS_MAX = 15000;
  const CALM_AFTER_MS = 120000;
  const CALM_MS = 5000;

  let cashier = document.getElementById('cashier');
  const announce = document.getElementById('announce');
  const connection = document.getElementById('connection');
  let pollTimer = 0;
  let failures = 0;
  let quietSince = Date.now();
  let expiresAt = 0; // on this phone's clock: only differences of it are used
  let isLeaving = false;
  let isAsking = false;

  start();
  setInterval(showTimeLeft, 500);

  document.addEventListener('visibilitychange', function () {
    if (document.hidden) clearTimeout(pollTimer);
    else askNow();
  });
  window.addEventListener('online', askNow);
  window.addEventListener('pageshow', function (event) {
    if (!event.persisted) return; // came back from the wallet by Back: what is shown is old
    isLeaving = false;
    setPayBusy(false);
    askNow();
  });
  document.addEventListener('submit', function (event) {
    if (!event.target.hasAttribute('data-pay')) return;
    if (isLeaving) return event.preventDefault(); // pressed twice
    isLeaving = true;
    setPayBusy(true);
  });
  document.addEventListener('change', showPrice);
  // "I have paid" is a link to this page, whose answer asks the wallet at once: only say that it is on its way.
  document.addEventListener('click', function (event) {
    const check = event.target.closest('[data-check]');
    if (check) check.textContent = check.dataset.busy;
  });

  function start() {
    expiresAt = Date.now() + Number(cashier.dataset.expiresInMs);
    quietSince = Date.now();
    showTimeLeft();
    showPrice();
    startReturn();
    schedule();
  }

  // Wallets may differ in price: the amount above and the button below are those of the chosen one.
  function showPrice() {
    const chosen = cashier.querySelector('input[name=wallet]:checked');
    if (!chosen || !chosen.dataset.amount) return;
    const { amount, saved } = chosen.dataset;
    const shown = { ...chosen.dataset, digits: amount.replace(/^\D+/, '') };
    cashier.querySelectorAll('[data-shows]').forEach(function (part) {
      part.textContent = shown[part.dataset.shows];
      if (part.dataset.shows === 'saved') part.parentNode.hidden = saved === '';
    });
  }

  function schedule() {
    clearTimeout(pollTimer);
    let pollMs = Number(cashier.dataset.pollMs);
    if (pollMs === 0 || document.hidden) return;
    if (Date.now() - quietSince > CALM_AFTER_MS) pollMs = Math.max(pollMs, CALM_MS);
    pollTimer = setTimeout(() => void ask(), Math.min(POLL_MS_MAX, pollMs * Math.pow(2, failures)));
  }

  function askNow() {
    if (Number(cashier.dataset.pollMs) === 0) return;
    clearTimeout(pollTimer);
    void ask();
  }

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    try {
      const reply = await fetch(cashier.dataset.stateUrl, {
        headers: { accept: 'application/json' },
        cache: 'no-store',
      });
      if (!reply.ok) throw new Error('state ' + reply.status);
      const state = await reply.json();
      failures = 0;
      expiresAt = Date.now() + state.expires_in_ms;
      if (state.version !== cashier.dataset.version && !isLeaving) await renew();
    } catch {
      failures = Math.min(failures + 1, 4);
    }
    isAsking = false;
    connection.hidden = failures < 2;
    schedule();
  }

  // Fetches this very page again and moves its contents in, so that nothing flashes and the reader keeps the place.
  async function renew() {
    const reply = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    if (!reply.ok) throw new Error('page ' + reply.status);
    const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
    const next = fresh.getElementById('cashier');
    if (!next || isLeaving) return;
    const old = cashier;
    const chosen = cashier.querySelector('input[name=wallet]:checked');
    const hadFocus = cashier.contains(document.activeElement);
    document.title = fresh.title;
    cashier.replaceWith(next);
    cashier = next;
    keepOrder(old);
    keepChoice(chosen && chosen.value);
    const heading = cashier.querySelector('[data-heading]');
    if (hadFocus && heading) heading.focus({ preventScroll: true });
    if (Number(cashier.dataset.pollMs) === 0) window.scrollTo(0, 0);
    announce.textContent = cashier.dataset.announce;
    start();
    document.dispatchEvent(new Event('cashier:shown'));
  }

  // Prices may change while the page is open; what moved under a thumb would be pressed by mistake. New wallets come last.
  function keepOrder(old) {
    const list = cashier.querySelector('fieldset');
    const rows = Array.from(cashier.querySelectorAll('.choice'));
    const places = Array.from(old.querySelectorAll('.choice input[name=wallet]'), (input) => input.value);
    if (!list || places.length === 0) return;
    rows.sort((left, right) => placeOf(left) - placeOf(right));
    list.append(...rows);
    function placeOf(row) {
      const place = places.indexOf(row.querySelector('input').value);
      return place < 0 ? places.length : place;
    }
  }

  function keepChoice(wallet) {
    cashier.querySelectorAll('input[name=wallet]').forEach(function (input) {
      if (input.value === wallet && !input.disabled) input.checked = true;
    });
  }

  function setPayBusy(isBusy) {
    cashier.querySelectorAll('[data-pay] button').forEach(function (button) {
      const words = button.querySelector('[data-shows]') || button;
      if (isBusy) button.dataset.label = words.textContent;
      words.textContent = isBusy ? button.dataset.busy : button.dataset.label || words.textContent;
      button.setAttribute('aria-disabled', String(isBusy));
    });
  }

  function showTimeLeft() {
    const place = document.getElementById('time-left');
    const seconds = Math.max(0, Math.floor((expiresAt - Date.now()) / 1000));
    if (!place || seconds >= 3600) return; // hours stand as the server wrote them
    const shown = two(Math.floor(seconds / 60)) + ':' + two(seconds % 60);
    if (place.textContent === shown) return;
    place.textContent = shown;
    place.classList.toggle('is-urgent', seconds < 60);
    if (seconds === 0) askNow();
  }

  function startReturn() {
    const row = cashier.querySelector('[data-return-seconds]');
    if (!row) return;
    const link = cashier.querySelector('[data-return]');
    const text = row.querySelector('[data-text]');
    let left = Number(row.dataset.returnSeconds);
    const timer = setInterval(function () {
      if (document.hidden) return;
      left -= 1;
      text.textContent = text.dataset.text.replace('{s}', left);
      if (left > 0) return;
      clearInterval(timer);
      link.click();
    }, 1000);
    row.hidden = false;
    row.querySelector('button').addEventListener('click', function () {
      clearInterval(timer);
      row.hidden = true;
      link.focus();
    });
  }

  function two(number) {
    return (number < 10 ? '0' : '') + number;
  }
})();
