// Warns before a session ends for lack of activity, keeps it open with one key, and says so when it has ended.
// The server decides: this only asks it how much is left, so several tabs agree, and asking keeps nothing open.
(function () {
  "use strict";

  const warning = document.querySelector("dialog[data-session-warning]");
  if (!warning || !warning.showModal) {
    return;
  }

  function gone() {
    const here = window.location.pathname + window.location.search;
    window.location.assign(warning.dataset.sessionGone + "?next=" + encodeURIComponent(here));
  }

  async function look() {
    let left;
    try {
      const reply = await fetch(warning.dataset.sessionUrl, {
        headers: { Accept: "application/json" },
        redirect: "manual",
      });
      left = reply.ok ? await reply.json() : { warning: 0, end: 0 };
    } catch (silence) {
      wait(15); // no network: the server will say when it is back
      return;
    }
    if (left.end <= 0) {
      gone();
    } else if (left.warning > 0) {
      if (warning.open) {
        warning.close(); // another tab went on
      }
      wait(left.warning);
    } else {
      if (!warning.open) {
        warning.showModal();
      }
      wait(Math.min(left.end + 1, 10));
    }
  }

  let timer = 0;
  function wait(seconds) {
    window.clearTimeout(timer);
    timer = window.setTimeout(look, seconds * 1000);
  }

  warning.querySelector("[data-session-stay]").addEventListener("submit", async function (event) {
    event.preventDefault();
    const form = event.target;
    warning.close();
    try {
      await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    } finally {
      look();
    }
  });

  wait(Math.max(Number(warning.dataset.sessionWarning), 1));
})();
