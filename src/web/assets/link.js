// What a link's page does better with script: copies, tells which step was taken, and says so when an app did not open. Every step is a link
// that works without it.
(function () {
  const APP_WAIT_MS = 2500;
  const { base } = document.body.dataset;

  document.querySelectorAll('[data-needs-script]').forEach(function (part) {
    part.hidden = false;
  });
  document.addEventListener('click', function (event) {
    const step = event.target.closest('[data-step]');
    if (!step) return;
    tell(step.dataset.step);
    if (step.dataset.copy) void copy(step);
    if (step.hasAttribute('data-app')) watch();
  });
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape' && location.hash === '#browser') location.hash = '#top';
  });

  // Only the name of the step; nothing waits for the answer, and without it nothing is missed but a number.
  function tell(step) {
    try {
      navigator.sendBeacon(base + '/tap', step);
    } catch {
      // an old web view: not counted
    }
  }

  // Still here, and in front, after a while: there is no such app on this phone.
  function watch() {
    let isGone = false;
    function leave() {
      isGone = true;
    }
    document.addEventListener('visibilitychange', leave, { once: true });
    window.addEventListener('pagehide', leave, { once: true });
    window.addEventListener('blur', leave, { once: true });
    setTimeout(function () {
      const note = document.getElementById('not-opened');
      if (isGone || document.hidden || !note) return;
      note.hidden = false;
      note.scrollIntoView({ block: 'center' });
    }, APP_WAIT_MS);
  }

  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    let isCopied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      isCopied = true;
    } catch {
      field.select();
      isCopied = document.execCommand('copy'); // in-app browsers often lack the other
    }
    button.textContent = isCopied ? button.dataset.copied : button.dataset.byHand;
  }
})();
