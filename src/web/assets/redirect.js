// Sent while the page is still being read, so that the browser's history keeps no step that Back would fall into again.
(function () {
  var form = document.getElementById('redirect');
  // form.submit itself may be shadowed by a wallet's field of that name.
  HTMLFormElement.prototype.submit.call(form);
})();
