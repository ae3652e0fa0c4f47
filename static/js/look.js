// Shows a change of look at once, on the whole page; the server writes the same attributes when it is saved.
// Markup: <form data-look-form> with fields mode, colour, size, simple, covered; sentences data-look-live and -plain.
(function () {
  "use strict";
  const form = document.querySelector("form[data-look-form]");
  if (!form) {
    return;
  }
  const root = document.documentElement;

  function write(name, value) {
    if (value) {
      root.setAttribute(name, value);
    } else {
      root.removeAttribute(name);
    }
  }

  function show() {
    const chosen = new FormData(form);
    const mode = chosen.get("mode");
    write("data-theme", mode === "system" ? "" : mode);
    write("data-colour", chosen.get("colour"));
    write("data-size", chosen.get("size"));
    root.toggleAttribute("data-simple", chosen.has("simple"));
    write("data-amounts", chosen.has("covered") ? "hidden" : "");
  }

  document.querySelectorAll("[data-look-live]").forEach(function (part) { part.hidden = false; });
  document.querySelectorAll("[data-look-plain]").forEach(function (part) { part.hidden = true; });
  form.addEventListener("change", show);
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      show();
    }
  });
})();
