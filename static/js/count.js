// A count of notes and coins adds itself up while it is typed: what stands in data-count-sum is the sum of the boxes
// that name a face (minor units). The server adds it up again; without scripts the sum is on the next page.
(function () {
  "use strict";

  function pieces(box) {
    const text = box.value.trim();
    return /^[0-9]{1,7}$/.test(text) ? Number(text) : 0;
  }

  function add(form, shown) {
    let sum = 0;
    form.querySelectorAll("input[data-face]").forEach(function (box) {
      sum += Number(box.dataset.face) * pieces(box);
    });
    const text = (sum / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    shown.textContent = shown.dataset.countSum + text;
  }

  document.querySelectorAll("form").forEach(function (form) {
    const shown = form.querySelector("[data-count-sum]");
    if (shown) {
      shown.parentElement.hidden = false;
      form.addEventListener("input", function () { add(form, shown); });
      add(form, shown);
    }
  });
})();
