// Takes the reader to the summary of errors when a page arrives with one, and from a line in it into the field.
(function () {
  "use strict";

  function into(event) {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) {
      return;
    }
    event.preventDefault();
    const group = field.closest(".field") || field;
    group.scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  }

  const summary = document.querySelector("[data-error-summary]");
  if (summary) {
    summary.addEventListener("click", into);
    summary.focus();
  }
})();
