// Unfolds the article about a form beneath its link, so that nothing typed is left behind. Without it the link opens a tab.
for (const link of document.querySelectorAll("[data-help]")) {
  link.removeAttribute("target");
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.querySelector(".visually-hidden")?.remove();
  let piece = null;
  const toggle = async (event) => {
    event.preventDefault();
    if (piece === null) {
      const answer = await fetch(link.dataset.help, { credentials: "same-origin" }).catch(() => null);
      if (!answer?.ok) {
        window.open(link.href, "_blank", "noopener");
        return;
      }
      piece = document.createElement("section");
      piece.className = "card stack help-piece";
      piece.hidden = true;
      const read = new DOMParser().parseFromString(await answer.text(), "text/html");
      piece.append(...read.body.childNodes);
      link.parentElement.after(piece);
    }
    piece.hidden = !piece.hidden;
    link.setAttribute("aria-expanded", String(!piece.hidden));
  };
  link.addEventListener("click", toggle);
  link.addEventListener("keydown", (event) => event.key === " " && toggle(event));
}
