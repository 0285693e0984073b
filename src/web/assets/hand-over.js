// Hands the buyer over to a wallet: sends the form in the wallet's own browser, calls its script bridge, opens its app, goes
// on to its page. What a wallet tells this page is only a reason to ask the server; it is never believed.
(function () {
  const BRIDGE_WAIT_MS = 3000;
  const APP_WAIT_MS = 3000;

  document.addEventListener('cashier:shown', start);
  document.addEventListener('click', function (event) {
    const call = event.target.closest('[data-call]');
    if (call) return callBridge(call.closest('[data-bridge]'));
    const copy = event.target.closest('[data-copy]');
    if (copy) return void copyLink(copy);
    if (event.target.closest('[data-app]')) waitForApp();
  });
  // Pressed twice, sent once. A page that comes back by Back is fresh.
  document.addEventListener('submit', function (event) {
    const form = event.target;
    if (!form.hasAttribute('data-once')) return;
    if (form.dataset.once) return event.preventDefault();
    form.dataset.once = 'sent';
    const button = form.querySelector('[data-busy]');
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.busy;
  });
  window.addEventListener('pageshow', function (event) {
    const form = event.persisted && document.querySelector('[data-once="sent"]');
    if (!form) return;
    form.dataset.once = '';
    form.querySelector('[data-busy]').textContent = form.querySelector('[data-busy]').dataset.label;
  });
  start();

  function start() {
    document.querySelectorAll('[data-needs-script]').forEach(function (part) {
      part.hidden = false;
    });
    const leave = document.querySelector('[data-leave]');
    if (leave) return location.replace(leave.href);
    // What leaves a page before it has loaded takes its place in the history: Back would not lead to the cashier.
    if (document.readyState === 'complete') startByItself();
    else window.addEventListener('load', () => setTimeout(startByItself));
  }

  // The first of these that the page has, and only if it did not open by itself before.
  function startByItself() {
    const form = document.querySelector('[data-start-now]');
    const go = document.querySelector('[data-go]');
    const bridge = document.querySelector('[data-bridge]');
    const app = document.querySelector('[data-app]');
    if (form) once('start ' + location.href, () => form.querySelector('button').click());
    else if (go) once('go ' + go.dataset.go, () => go.click());
    else if (bridge) once('bridge ' + bridge.dataset.attempt, () => callBridge(bridge));
    else if (app) once('app ' + app.dataset.app, () => app.click());
  }

  // Once in this tab: coming back by Back, or to a page that was renewed, opens nothing by itself.
  function once(name, open) {
    try {
      if (sessionStorage.getItem(name)) return;
      sessionStorage.setItem(name, '1');
    } catch {
      return; // without storage nothing opens by itself: the buttons are there
    }
    open();
  }

  function callBridge(step) {
    say(step, 'ready');
    const name = step.dataset.bridge;
    if (window[name]) return invoke(step, name);
    const event = name + 'Ready';
    const giveUp = setTimeout(
      function () {
        document.removeEventListener(event, ready);
        if (step.dataset.testPage) location.href = step.dataset.testPage;
        else say(step, 'missing');
      },
      BRIDGE_WAIT_MS * (step.dataset.testPage ? 0 : 1),
    );
    document.addEventListener(event, ready, { once: true });
    function ready() {
      clearTimeout(giveUp);
      invoke(step, name);
    }
  }

  function invoke(step, name) {
    const fields = JSON.parse(step.dataset.fields);
    try {
      if (name === 'WeixinJSBridge') {
        window.WeixinJSBridge.invoke('getBrandWCPayRequest', fields, function (result) {
          conclude(step, String(result && result.err_msg).split(':')[1], 'ok', 'cancel');
        });
      } else {
        window.AlipayJSBridge.call('tradePay', fields, function (result) {
          conclude(step, String(result && result.resultCode), '9000', '6001');
        });
      }
    } catch {
      say(step, 'failed');
    }
  }

  // Whatever the wallet says, the server is asked; only a buyer who left is told so here, and stays.
  function conclude(step, result, paid, canceled) {
    if (result === canceled) say(step, 'canceled');
    else if (result === paid || result === '8000') location.href = step.dataset.paidUrl;
    else say(step, 'failed');
  }

  function say(step, what) {
    step.querySelectorAll('[data-said]').forEach(function (line) {
      line.hidden = line.dataset.said !== what;
    });
  }

  // Still here, and in front, after a while: there is no such app. Its page is the other way.
  function waitForApp() {
    let isGone = false;
    function leave() {
      isGone = true;
    }
    document.addEventListener('visibilitychange', leave, { once: true });
    window.addEventListener('blur', leave, { once: true });
    setTimeout(function () {
      const fallback = document.querySelector('[data-app-fallback]');
      if (!isGone && fallback && document.hasFocus()) fallback.click();
    }, APP_WAIT_MS);
  }

  async function copyLink(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    let isCopied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      isCopied = true;
    } catch {
      isCopied = document.execCommand('copy'); // in-app browsers often lack the other
    }
    button.textContent = isCopied ? button.dataset.copied : button.dataset.byHand;
  }
})();
