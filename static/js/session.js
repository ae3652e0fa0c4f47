// Warns before a session ends for lack of activity, keeps it open with one key, and says so when it has ended.
// The server decides: this only asks it how much is left, so several tabs agree, and asking keeps nothing open.
(function () {
  "use strict";

  const warning = document.querySelector("dialog[data-session-warning]");
  if (!warning || !warning.showModal) {
    return;
  }

  // The form somebody has typed in: sent to be kept when the warning shows, for after the next sign-in.
  let dirty = null;
  let kept = false;
  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.method === "post" && !warning.contains(form)) {
      dirty = form;
      kept = false;
    }
  });

  async function keep() {
    if (!dirty || kept) {
      return;
    }
    const target = new URL(dirty.action);
    const typed = new URLSearchParams();
    new FormData(dirty).forEach(function (value, name) {
      const input = dirty.elements.namedItem(name);
      if (typeof value === "string" && !(input && input.type === "password")) {
        typed.append(name, value);
      }
    });
    typed.append("_path", target.pathname + target.search);
    try {
      const reply = await fetch(warning.dataset.sessionKeep, { method: "POST", body: typed, redirect: "manual" });
      kept = reply.ok;
    } catch (silence) {
      kept = false; // no network: the server keeps the form itself when it is sent too late
    }
  }

  function gone() {
    const here = kept ? warning.dataset.sessionTyped : window.location.pathname + window.location.search;
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
      await keep();
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
