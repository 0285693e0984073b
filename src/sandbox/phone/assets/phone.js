// The pages work without this. It shows new messages as they come.

const LOOK_AGAIN_MS = 1500;
const shown = document.body.dataset.version;

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

document.querySelector('.message:last-child')?.scrollIntoView({ block: 'end' });
setTimeout(look, LOOK_AGAIN_MS);
