// Covers every amount on every page at one press, and remembers it on this device. Somebody who prefers amounts covered
// at first (data-amounts-default on <html>) is shown them until this tab is closed or they sign out.
// Loaded before the page is drawn, so that a covered amount is never seen for an instant.
// Markup: <button type="button" data-amounts-toggle hidden aria-pressed="false">…</button>
(function () {
  "use strict";
  const root = document.documentElement;
  const KEY = "amounts";

  const coveredAtFirst = root.getAttribute("data-amounts-default") === "hidden";

  function place() {
    return coveredAtFirst ? window.sessionStorage : window.localStorage;
  }

  function covered() {
    try {
      const kept = place().getItem(KEY);
      return kept ? kept === "hidden" : coveredAtFirst;
    } catch (refused) {
      return coveredAtFirst; // storage switched off: the button still works on this page
    }
  }

  function show(hidden) {
    if (hidden) {
      root.setAttribute("data-amounts", "hidden");
    } else {
      root.removeAttribute("data-amounts");
    }
    document.querySelectorAll("[data-amounts-toggle]").forEach(function (button) {
      button.setAttribute("aria-pressed", hidden ? "true" : "false");
      button.querySelectorAll("[data-when-shown]").forEach(function (part) { part.toggleAttribute("hidden", hidden); });
      button.querySelectorAll("[data-when-hidden]").forEach(function (part) { part.toggleAttribute("hidden", !hidden); });
    });
  }

  show(covered());

  document.addEventListener("DOMContentLoaded", function () {
    show(covered());
    if (!document.querySelector("[data-amounts-toggle]")) {
      try {
        window.sessionStorage.removeItem(KEY); // nobody is signed in: the next person starts covered
      } catch (refused) {
        // nothing was kept
      }
    }
    document.querySelectorAll("[data-amounts-toggle]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        const hide = root.getAttribute("data-amounts") !== "hidden";
        try {
          place().setItem(KEY, hide ? "hidden" : "shown");
        } catch (refused) {
          // not remembered; covered on this page all the same
        }
        show(hide);
      });
    });
  });

  window.addEventListener("storage", function (event) {
    if (event.key === KEY && !coveredAtFirst) {
      show(event.newValue === "hidden");
    }
  });
})();
