// A button that copies a text and says so in its own words.
// Markup: <button type="button" data-copy="the text" data-copied="Copied" hidden>Copy</button>
(function () {
  "use strict";
  if (!navigator.clipboard) {
    return; // an old browser or no HTTPS: the text can be marked by hand
  }
  document.querySelectorAll("[data-copy]").forEach(function (button) {
    const words = button.textContent;
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(button.dataset.copy).then(function () {
        button.textContent = button.dataset.copied || words;
        window.setTimeout(function () { button.textContent = words; }, 2500);
      });
    });
  });
})();
