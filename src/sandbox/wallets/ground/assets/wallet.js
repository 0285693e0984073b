// The pages work without this. It adds the pad for the PIN, the countdown, the way back that goes by
// itself, and a look at whether a payment code has been scanned.

const pin = document.querySelector('[data-pin]');
if (pin) {
  const input = pin.querySelector('input');
  const boxes = [...pin.querySelectorAll('.pin-dots i')];
  const show = () => {
    boxes.forEach((box, index) => {
      box.className = index < input.value.length ? 'full' : index === input.value.length ? 'next' : '';
    });
  };
  const press = (key) => {
    if (key === 'clear') input.value = '';
    else if (key === 'erase') input.value = input.value.slice(0, -1);
    else if (input.value.length < 6) input.value += key;
    show();
  };
  pin.querySelector('.pin-dots').hidden = false;
  pin.querySelector('.pad').hidden = false;
  // The pad is on the page, so a phone's own keyboard stays away; a desktop's keys still work.
  if (matchMedia('(pointer: coarse)').matches) input.inputMode = 'none';
  input.addEventListener('input', () => {
    input.value = input.value.replace(/\D/g, '').slice(0, 6);
    show();
  });
  for (const button of pin.querySelectorAll('[data-key]')) {
    button.addEventListener('click', () => press(button.dataset.key));
  }
  show();
}

const timer = document.querySelector('[data-seconds-left]');
if (timer) {
  const endsAt = performance.now() + Number(timer.dataset.secondsLeft) * 1000;
  const two = (count) => String(count).padStart(2, '0');
  const tick = () => {
    const left = Math.max(0, Math.round((endsAt - performance.now()) / 1000));
    const hours = Math.floor(left / 3600);
    timer.textContent = `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
    if (left > 0) return;
    clearInterval(beat);
    setTimeout(() => location.reload(), 1500);
  };
  const beat = setInterval(tick, 1000);
}

const back = document.querySelector('[data-submit-in]');
if (back) {
  const count = back.querySelector('[data-count]');
  let left = Number(back.dataset.submitIn);
  count.closest('p').hidden = false;
  const beat = setInterval(() => {
    left -= 1;
    count.textContent = String(Math.max(left, 0));
    if (left > 0) return;
    clearInterval(beat);
    back.requestSubmit();
  }, 1000);
  back.addEventListener('submit', () => clearInterval(beat));
}

const wait = document.querySelector('[data-look-again-in]');
if (wait) setTimeout(() => location.reload(), Number(wait.dataset.lookAgainIn) * 1000);
