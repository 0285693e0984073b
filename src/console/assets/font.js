// Phones and desktop systems bring a Chinese font of their own; only the others fetch ours, a slice at a time.
(function () {
  var hasChineseFont = /Android|iPhone|iPad|Macintosh|Windows|HarmonyOS|OpenHarmony/.test(navigator.userAgent);
  if (hasChineseFont) return;
  var link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = document.currentScript.dataset.stylesheet;
  document.head.appendChild(link);
})();
