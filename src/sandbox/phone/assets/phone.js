// The pages work without this. It shows new messages as they come and copies a code when it is tapped.

const LOOK_AGAIN_MS = 1500;
const shown = document.body.dataset.version;
const note = document.getElementById('copied');
let hideAt = 0;

async function look() {
  try {
    const reply = await fetch('/version');
    const { version } = await reply.json();
    if (String(version) !== shown) return location.reload();
  } catch {
    // The sandbox was stopped, or starts again: look again later.
  }
  setTimeout(look, LOOK_AGAIN_MS);
}

function say() {
  note.hidden = false;
  clearTimeout(hideAt);
  hideAt = setTimeout(() => {
    note.hidden = true;
  }, 1200);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-copy]');
  if (button) void navigator.clipboard.writeText(button.dataset.copy).then(say);
});

document.querySelector('.message:last-child')?.scrollIntoView({ block: 'end' });
setTimeout(look, LOOK_AGAIN_MS);
