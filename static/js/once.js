// A form marked data-once is sent once: the second press does nothing. The server holds to the same rule by its key;
// this spares the reader the wait. Coming back with the browser's back button makes the form usable again.
(function () {
  "use strict";

  function release(form) {
    form.removeAttribute("data-sent");
    form.querySelectorAll("button[type=submit], button:not([type])").forEach(function (button) {
      button.removeAttribute("aria-disabled");
    });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-once") || event.defaultPrevented) {
      return;
    }
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "");
    // aria-disabled and not disabled: a disabled button would take its own name=value out of what is sent.
    form.querySelectorAll("button[type=submit], button:not([type])").forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
    });
  });

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      document.querySelectorAll("form[data-sent]").forEach(release);
    }
  });
})();
