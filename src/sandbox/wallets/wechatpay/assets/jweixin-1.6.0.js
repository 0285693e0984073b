// Stands for https://res.wx.qq.com/open/js/jweixin-1.6.0.js in browsers of tests and demos, written from the description of the JS-SDK. `wx.config` is
// checked by the pretend WeChat for the address that the browser shows; `wx.ready` and `wx.error` follow from that, and only then do share data and
// open tags work. In a browser that does not say that it is WeChat nothing happens, as with the real one. At the end of the address `#pasted` stands
// for a page that was opened by a pasted address, and `#old` for a WeChat or a system that is too old for open tags.
(function () {
  const sdk = document.currentScript.src;
  const isWechat = /MicroMessenger\/\d/.test(navigator.userAgent);
  const calls = new Map();
  const readyOnes = [];
  const errorOnes = [];
  let callsCount = 0;
  let state = 'new';
  let failure = null;
  let config = null;

  window.__jweixin = function (call, result) {
    const then = calls.get(call);
    calls.delete(call);
    if (then) then(result);
  };

  // The app behind the page answers; it knows by itself which address it shows.
  function ask(what, fields, then) {
    callsCount += 1;
    calls.set(callsCount, then);
    const query = new URLSearchParams(fields);
    query.set('do', what);
    query.set('url', location.href.split('#')[0]);
    query.set('call', String(callsCount));
    const script = document.createElement('script');
    script.src = sdk + '?' + query.toString();
    document.head.append(script);
  }

  function signed() {
    const { appId, timestamp, nonceStr, signature, jsApiList } = config;
    return { appId, timestamp, nonceStr, signature, apis: jsApiList.join(',') };
  }

  function share(to, data) {
    const fields = { to, title: data.title, desc: data.desc || '', link: data.link, imgUrl: data.imgUrl };
    ask('share', { ...signed(), ...fields }, function (result) {
      if (result.errMsg.endsWith(':ok') && data.success) data.success(result);
    });
  }

  // A tag shows what is in its template, apart from the page's style; a tap opens the app.
  function defineTag(name) {
    if (customElements.get(name)) return;
    customElements.define(
      name,
      class extends HTMLElement {
        connectedCallback() {
          const template = this.querySelector('script[type="text/wxtag-template"]');
          const root = this.shadowRoot || this.attachShadow({ mode: 'open' });
          root.innerHTML = template ? template.textContent : '';
          this.addEventListener('click', () => this.launch());
        }
        launch() {
          const isNamed =
            name === 'wx-open-launch-app'
              ? /^wx[0-9a-f]{16}$/.test(this.getAttribute('appid') || '')
              : /^gh_\w+$/.test(this.getAttribute('username') || '');
          const canLaunch = isNamed && location.hash !== '#pasted';
          const detail = { errMsg: canLaunch ? 'launch:ok' : 'launch:fail' };
          this.dispatchEvent(new CustomEvent(canLaunch ? 'launch' : 'error', { detail }));
        }
      },
    );
  }

  function finish(result) {
    if (result.errMsg !== 'config:ok') {
      state = 'failed';
      failure = result;
      errorOnes.forEach((each) => each(result));
      return;
    }
    state = 'ready';
    if (location.hash === '#old') {
      const detail = { errMsg: 'open tags are not supported' };
      document.dispatchEvent(new CustomEvent('WeixinOpenTagsError', { detail }));
    } else (config.openTagList || []).forEach(defineTag);
    readyOnes.forEach((each) => each());
  }

  window.wx = {
    config(given) {
      config = given;
      if (!isWechat) return;
      if (given.jsApiList.length === 0) finish({ errMsg: 'config:fail, jsApiList is empty' });
      else ask('verify', signed(), finish);
    },
    ready(then) {
      if (state === 'ready') then();
      else readyOnes.push(then);
    },
    error(then) {
      if (state === 'failed') then(failure);
      else errorOnes.push(then);
    },
    updateAppMessageShareData: (data) => share('friend', data),
    updateTimelineShareData: (data) => share('timeline', data),
  };
})();
