// Covers every amount on every page at one press, and remembers it on this device.
// Loaded before the page is drawn, so that a covered amount is never seen for an instant.
// Markup: <button type="button" data-amounts-toggle hidden aria-pressed="false">…</button>
(function () {
  "use strict";
  const root = document.documentElement;
  const KEY = "amounts";

  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch (refused) {
      return null; // storage switched off: the button still works on this page
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

  show(remembered() === "hidden");

  document.addEventListener("DOMContentLoaded", function () {
    show(remembered() === "hidden");
    document.querySelectorAll("[data-amounts-toggle]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        const hide = root.getAttribute("data-amounts") !== "hidden";
        try {
          window.localStorage.setItem(KEY, hide ? "hidden" : "shown");
        } catch (refused) {
          // not remembered; covered on this page all the same
        }
        show(hide);
      });
    });
  });

  window.addEventListener("storage", function (event) {
    if (event.key === KEY) {
      show(event.newValue === "hidden");
    }
  });
})();
