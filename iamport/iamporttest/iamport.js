// The fake's stand-in for iamport.js: it opens the fake's window, and tells the
// page how it ended. What the parameters must be is judged by the server.
(function () {
  "use strict";

  const server = new URL(document.currentScript.src).origin;
  const windowURL = server + "/v1/window";
  const mobile = /Android|iPhone|iPad|iPod|Mobile/i.test(navigator.userAgent);
  let userCode = "";
  let tierCode = "";

  // post sends a form to the window's address, into a frame or window by name.
  function post(target, fields) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = windowURL;
    form.target = target;
    form.acceptCharset = "utf-8";
    form.hidden = true;
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    }
    document.documentElement.append(form);
    form.submit();
    form.remove();
  }

  // wait calls back once: with what the popup says at its end, or, when it is
  // closed before, with what it said at its beginning.
  function wait(popup, callback) {
    let rsp = failure("The window was closed before it had opened.");
    let seenClosed = false;
    const timer = setInterval(function () {
      if (!popup.closed) {
        return;
      }
      if (seenClosed) { // its last words have had time to arrive
        end();
      }
      seenClosed = true;
    }, 100);
    window.addEventListener("message", receive);

    function receive(event) {
      const message = event.data;
      if (event.source !== popup || event.origin !== server || !message || !message.iamporttest) {
        return;
      }
      rsp = message.rsp;
      if (message.iamporttest === "ended") {
        end();
      }
    }

    function end() {
      clearInterval(timer);
      window.removeEventListener("message", receive);
      callback(rsp);
    }
  }

  function failure(message) {
    return { success: false, imp_uid: null, merchant_uid: null, error_code: null, error_msg: message };
  }

  window.IMP = {
    init(code) {
      userCode = String(code);
      tierCode = "";
    },

    agency(code, tier) {
      userCode = String(code);
      tierCode = String(tier);
    },

    certification(param, callback) {
      if (userCode === "") {
        throw new Error("IMP.certification: call IMP.init or IMP.agency before");
      }
      const called = typeof callback === "function" ? callback : function () {};
      const fields = {
        user_code: userCode,
        tier: tierCode,
        param: JSON.stringify(param || {}),
        page: location.href,
        origin: location.origin,
      };
      if (mobile && !(param && param.popup === true)) {
        post("_self", { ...fields, mode: "redirect" });
        return;
      }
      const name = "iamport" + Date.now() + Math.random().toString().slice(2);
      const popup = window.open("about:blank", name, "width=480,height=760");
      if (!popup) {
        called(failure("The browser blocks the popup."));
        return;
      }
      wait(popup, called);
      post(name, { ...fields, mode: "popup" });
    },
  };
})();
