// Opens what is folded only for want of room: <details class="fold"> on a desk, in the full layout.
(function () {
  "use strict";
  const wide = window.matchMedia("(min-width: 60rem)");

  function unfold() {
    if (wide.matches && !document.documentElement.hasAttribute("data-simple")) {
      document.querySelectorAll("details.search-fold").forEach(function (fold) { fold.open = true; });
    }
  }

  unfold();
  wide.addEventListener("change", unfold);
})();
