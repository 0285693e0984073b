// A page that refreshes its figures by itself: it asks for itself anew and takes over the parts that have changed. A part in which somebody
// is at work stays as it is. Without this script every page works, and shows how it stood when it was opened.
(function () {
  var EVERY_MS = 3000;
  var page = document.querySelector('[data-live-page]');
  if (!page || !window.DOMParser || !window.fetch) return;
  var said = document.querySelector('[data-live-state]');
  var refreshed = said ? said.textContent : '';
  var query = new URLSearchParams(location.search);
  query.delete('done');
  query.delete('lang');
  var address = location.pathname + (query.size === 0 ? '' : '?' + query.toString());

  function tell(isFresh) {
    var text = isFresh ? refreshed : said.dataset.paused;
    if (said && said.textContent !== text) said.textContent = text;
  }

  function takeOver(fresh) {
    fresh.querySelectorAll('[data-live]').forEach(function (after) {
      var before = document.querySelector('[data-live="' + after.dataset.live + '"]');
      if (!before || before.contains(document.activeElement)) return;
      if (after.dataset.live === 'chart' && window.redrawChart) window.redrawChart(before, after);
      else if (before.innerHTML !== after.innerHTML) swap(before, after);
    });
  }

  // What a screen reader says by itself is changed in its place, else it would not be said.
  function swap(before, after) {
    var opened = before.querySelector('details[open]') !== null;
    var status = before.querySelector('[role="status"]');
    var newStatus = after.querySelector('[role="status"]');
    if (status && newStatus) {
      if (status.innerHTML !== newStatus.innerHTML) status.innerHTML = newStatus.innerHTML;
      newStatus.replaceWith(status);
    }
    before.replaceChildren.apply(before, Array.from(after.childNodes));
    var details = before.querySelector('details');
    if (opened && details) details.open = true;
  }

  async function look() {
    if (!document.hidden) tell(await refresh());
    later();
  }

  async function refresh() {
    try {
      const reply = await fetch(address, { headers: { 'x-hutong-live': '1' }, cache: 'no-store', redirect: 'error' });
      if (reply.status === 401) location.reload(); // the session is over
      if (!reply.ok) return false;
      takeOver(new DOMParser().parseFromString(await reply.text(), 'text/html'));
      return true;
    } catch {
      return false; // the next look tries again
    }
  }

  function later() {
    setTimeout(look, EVERY_MS);
  }
  later();
})();
