// The pages work without this. What is in a data-copy is copied when it is tapped.

const note = document.getElementById('copied');
let hideAt = 0;

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
