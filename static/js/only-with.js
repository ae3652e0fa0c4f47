// Shows what belongs to a choice only while it is chosen. Without this script everything is shown, and the server
// ignores what belongs to another choice.
//
//   <div data-only-with="rhythm" data-only-values="weekly">…</div>
//   <div data-only-with="rhythm" data-only-values="once" data-only-not>…</div>
(function () {
  "use strict";

  document.querySelectorAll("form").forEach((form) => {
    const parts = form.querySelectorAll("[data-only-with]");
    if (!parts.length) return;

    function settle() {
      const chosen = new FormData(form);
      // From the outside in: what stands in a part that is not shown belongs to nothing.
      parts.forEach((part) => {
        const fits = part.dataset.onlyValues.split(" ").includes(chosen.get(part.dataset.onlyWith));
        part.hidden = fits === ("onlyNot" in part.dataset);
      });
    }

    form.addEventListener("change", settle);
    window.addEventListener("pageshow", settle); // the back button restores choices after the page has loaded
    settle();
  });
})();
