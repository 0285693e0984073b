// Opens a product's share page as a sheet over the product, copies what is to be copied, and hands the link to the phone's own share menu.
(function () {
  const SAID_MS = 2000;
  for (const form of document.querySelectorAll('form[data-share]'))
    form.addEventListener('submit', (event) => {
      if (typeof HTMLDialogElement === 'undefined') return;
      event.preventDefault();
      void open(form);
    });
  const page = document.getElementById('share');
  if (page) bring(page);

  async function open(form) {
    const button = form.querySelector('button');
    button.disabled = true;
    try {
      const reply = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
      const sheet = fresh.getElementById('share');
      if (sheet === null)
        form.submit(); // the page itself says what is wrong
      else show(document.adoptNode(sheet), button);
    } catch {
      form.submit();
    } finally {
      button.disabled = false;
    }
  }

  function show(sheet, button) {
    const dialog = document.createElement('dialog');
    dialog.className = 'share-dialog';
    dialog.setAttribute('aria-labelledby', 'share-title');
    const back = sheet.querySelector('[data-back]');
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'share-close';
    close.setAttribute('aria-label', back.dataset.close);
    close.textContent = '×';
    close.addEventListener('click', () => dialog.close());
    back.parentElement.remove();
    dialog.append(close, sheet);
    document.body.append(dialog);
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) dialog.close(); // beside the sheet
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      button.focus();
    });
    bring(sheet);
    dialog.showModal();
    sheet.querySelector('h1').focus();
  }

  function bring(sheet) {
    for (const button of sheet.querySelectorAll('[data-copy]')) {
      button.hidden = false;
      button.addEventListener('click', () => void copy(sheet, button));
    }
    const toApp = sheet.querySelector('[data-to-app]');
    const { url, title } = sheet.dataset;
    if (navigator.share === undefined) return;
    toApp.hidden = false;
    toApp.addEventListener('click', () => {
      navigator.share({ title, text: title, url }).catch(() => {}); // whoever changes their mind has nothing to read
    });
  }

  async function copy(sheet, button) {
    const field = sheet.querySelector(`#${button.dataset.copy}`);
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand('copy'); // browsers inside apps have no clipboard of the newer kind
    }
    const { copied } = sheet.dataset;
    const was = button.textContent;
    button.textContent = copied;
    sheet.querySelector('[data-said]').textContent = copied;
    setTimeout(() => {
      button.textContent = was;
      sheet.querySelector('[data-said]').textContent = '';
    }, SAID_MS);
  }
})();
