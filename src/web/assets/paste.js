// The page for pasted texts: reads the clipboard when its button is tapped and never before, and copies. Without script both are done by hand.
(function () {
  const form = document.querySelector('[data-paste]');
  const fromClipboard = document.querySelector('[data-clipboard]');
  const copy = document.querySelector('[data-copy]');

  if (fromClipboard && navigator.clipboard && navigator.clipboard.readText) {
    fromClipboard.hidden = false;
    fromClipboard.addEventListener('click', () => void readClipboard());
  }
  if (copy) {
    copy.hidden = false;
    copy.addEventListener('click', () => void copyText());
  }
  if (form) {
    form.addEventListener('submit', function (event) {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = 'yes';
      const button = form.querySelector('[data-busy]');
      button.dataset.label = button.textContent;
      button.textContent = button.dataset.busy;
    });
    window.addEventListener('pageshow', function () {
      const button = form.querySelector('[data-busy]');
      if (form.dataset.sent) button.textContent = button.dataset.label;
      delete form.dataset.sent;
    });
  }

  async function readClipboard() {
    const field = form.elements.namedItem('text');
    const said = document.querySelector('[data-clipboard-said]');
    try {
      const text = await navigator.clipboard.readText();
      field.value = text.slice(0, field.maxLength);
      if (text.trim()) form.requestSubmit();
      else field.focus();
    } catch {
      said.textContent = fromClipboard.dataset.denied;
      said.hidden = false;
      field.focus();
    }
  }

  async function copyText() {
    const field = document.getElementById(copy.dataset.copy);
    let isCopied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      isCopied = true;
    } catch {
      field.select();
      isCopied = document.execCommand('copy'); // in-app browsers often lack the other
    }
    copy.textContent = isCopied ? copy.dataset.copied : copy.dataset.byHand;
  }
})();
