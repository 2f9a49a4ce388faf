// Tells the page that opened this window what the server says, and closes the
// window when it has ended.
(function () {
  "use strict";

  const { state, rsp, target } = document.getElementById("outcome").dataset;
  if (!window.opener) {
    return;
  }
  window.opener.postMessage({ iamporttest: state, rsp: JSON.parse(rsp) }, target);
  if (document.getElementById("outcome").hasAttribute("data-close")) {
    window.close();
  }
})();
