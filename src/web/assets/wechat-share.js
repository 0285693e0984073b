// Inside WeChat alone: tells WeChat's own menu what to share, and brings its open tags to life. WeChat decides whether the page may do either; where
// it may not, or where anything fails, the page stays as it is: its ordinary steps need none of this.
(function () {
  const share = document.querySelector('[data-wechat-share]');
  if (!share) return;
  const tags = Array.from(document.querySelectorAll('[data-wechat-tag]'));
  // What is in a tag lies over our own button and takes the tap. A table has a size of its own, which no policy on styles takes away.
  const COVER = '<table width="100%" height="64" cellspacing="0" cellpadding="0"><tr><td>&nbsp;</td></tr></table>';

  tags.forEach(function (part) {
    const template = part.querySelector('script[type="text/wxtag-template"]');
    if (template) template.textContent = COVER;
    const tag = part.querySelector('wx-open-launch-app, wx-open-launch-weapp');
    if (!tag) return;
    tag.addEventListener('error', function () {
      part.hidden = true; // the app is not there, or WeChat does not let this page open it
    });
  });
  document.addEventListener('WeixinOpenTagsError', function () {
    share.dataset.tags = 'none';
    withdraw();
  });

  const sdk = document.createElement('script');
  sdk.src = share.dataset.sdk;
  sdk.addEventListener('load', () => void configure());
  sdk.addEventListener('error', fail);
  document.head.appendChild(sdk);

  async function configure() {
    try {
      const url = location.href.split('#')[0]; // as the browser reports it: WeChat adds to the query
      const reply = await fetch(share.dataset.config + '?url=' + encodeURIComponent(url), { credentials: 'omit' });
      if (!reply.ok) return fail();
      const config = await reply.json();
      wx.error(fail);
      wx.ready(function () {
        // A configuration that fails calls this as well.
        if (share.dataset.state !== 'failed') start(config.openTagList);
      });
      wx.config(config);
    } catch {
      fail();
    }
  }

  function start(openTags) {
    const { title, description, link, picture } = share.dataset;
    wx.updateAppMessageShareData({ title, desc: description, link, imgUrl: picture });
    wx.updateTimelineShareData({ title, link, imgUrl: picture });
    if (share.dataset.tags !== 'none') {
      tags.forEach(function (part) {
        part.hidden = !openTags.some((name) => part.querySelector(name));
      });
    }
    share.dataset.state = 'ready';
  }

  function withdraw() {
    tags.forEach(function (part) {
      part.hidden = true;
    });
  }

  function fail() {
    share.dataset.state = 'failed';
    withdraw();
  }
})();
