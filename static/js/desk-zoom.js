// Shows a document large, over the page: arrows go to the next one, + and - change the size, Escape closes. Without this
// file the link opens the document itself.
(function () {
  "use strict";

  const dialog = document.querySelector("[data-desk-zoomed]");
  const links = Array.from(document.querySelectorAll("[data-desk-zoom]"));
  if (!dialog || !links.length || typeof dialog.showModal !== "function") {
    return;
  }
  const view = dialog.querySelector(".desk-zoom-view");
  const picture = document.createElement("img");
  const title = dialog.querySelector("[data-desk-zoom-title]");
  let at = 0;

  function show(number) {
    at = (number + links.length) % links.length;
    const shown = links[at].querySelector("img");
    picture.src = shown.src; // the picture that is on the page already
    picture.alt = shown.alt;
    view.replaceChildren(picture);
    title.textContent = links[at].dataset.title;
    view.classList.remove("desk-zoom-large");
  }

  function size(large) {
    view.classList.toggle("desk-zoom-large", large);
  }

  links.forEach(function (link, number) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      show(number);
      dialog.showModal();
      view.focus();
    });
  });
  dialog.querySelectorAll("[data-desk-zoom-to]").forEach(function (button) {
    button.addEventListener("click", function () {
      show(at + Number(button.dataset.deskZoomTo));
    });
  });
  dialog.querySelector("[data-desk-zoom-size]").addEventListener("click", function () {
    size(!view.classList.contains("desk-zoom-large"));
  });
  dialog.querySelector("[data-desk-zoom-close]").addEventListener("click", function () {
    dialog.close();
  });
  dialog.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const large = view.classList.contains("desk-zoom-large"); // then the arrows move the picture
    const acts = {
      ArrowRight: () => (large ? null : show(at + 1)),
      ArrowLeft: () => (large ? null : show(at - 1)),
      "+": () => size(true),
      "=": () => size(true),
      "-": () => size(false),
      z: () => dialog.close(),
    };
    if (event.key in acts) {
      event.stopPropagation();
      if (acts[event.key]() !== null) {
        event.preventDefault();
      }
    }
  });
})();
