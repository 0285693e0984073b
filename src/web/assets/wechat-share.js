// Inside WeChat alone: tells WeChat's own menu what to share, and puts its open tags where a step waits for one. WeChat decides whether the page may
// do either; where it may not, or where anything fails, the page stays as it is: its ordinary steps need none of this.
(function () {
  const share = document.querySelector('[data-wechat-share]');
  if (!share) return;
  const steps = Array.from(document.querySelectorAll('[data-wechat-open]'));
  const SIGNS = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  // WeChat draws what is inside a tag apart from the page, so its button cannot use the page's style.
  const STYLE =
    '<style>.b{display:block;width:100%;height:52px;margin:0;border:0;border-radius:12px;background:#07a653;color:#fff;' +
    'font:600 17px/52px system-ui,sans-serif;text-align:center}</style>';

  document.addEventListener('WeixinOpenTagsError', () => withdraw());

  const sdk = document.createElement('script');
  sdk.src = share.dataset.sdk;
  sdk.addEventListener('load', configure);
  sdk.addEventListener('error', fail);
  document.head.appendChild(sdk);

  async function configure() {
    try {
      const url = location.href.split('#')[0]; // as the browser reports it: WeChat adds to the query
      const reply = await fetch(share.dataset.config + '?url=' + encodeURIComponent(url), { credentials: 'omit' });
      if (!reply.ok) return fail();
      const config = await reply.json();
      // A configuration that fails calls both, `error` first on some systems.
      let isRefused = false;
      wx.error(function () {
        isRefused = true;
        fail();
      });
      wx.ready(function () {
        if (!isRefused) start(config);
      });
      wx.config(config);
    } catch {
      fail();
    }
  }

  function start(config) {
    const { title, description, link, picture } = share.dataset;
    wx.updateAppMessageShareData({ title, desc: description, link, imgUrl: picture });
    wx.updateTimelineShareData({ title, link, imgUrl: picture });
    steps.filter((step) => config.openTagList.includes(step.dataset.wechatOpen)).forEach(offer);
    share.dataset.state = 'ready';
  }

  function offer(step) {
    const { wechatOpen, label, appid, extinfo, username, path } = step.dataset;
    const tag = document.createElement(wechatOpen);
    const named = { appid, extinfo, username, path };
    for (const name of Object.keys(named)) if (named[name] !== undefined) tag.setAttribute(name, named[name]);
    const inside = document.createElement('script');
    inside.type = 'text/wxtag-template';
    inside.textContent = STYLE + '<button class="b">' + escapeText(label) + '</button>';
    tag.appendChild(inside);
    tag.addEventListener('launch', () => told(step, 'launch'));
    tag.addEventListener('error', function () {
      told(step, 'error');
      step.hidden = true; // the app is not there, or WeChat does not let this page open it
    });
    step.replaceChildren(tag);
    step.hidden = false;
  }

  function told(step, what) {
    document.dispatchEvent(new CustomEvent('link:step', { detail: { step: step.dataset.step, what: what } }));
  }

  function withdraw() {
    steps.forEach(function (step) {
      step.hidden = true;
    });
    share.dataset.tags = 'none';
  }

  function fail() {
    withdraw();
    share.dataset.state = 'failed';
  }

  function escapeText(text) {
    return text.replace(/[&<>"']/g, (sign) => SIGNS[sign]);
  }
})();
