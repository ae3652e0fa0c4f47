// Keeps a part of a page true while something is under way: asks for it every few seconds and puts the new one in place of
// the old. Nothing is asked while nobody looks, or while somebody stands on a button in it; it ends with what it follows.
(function () {
  "use strict";

  const part = document.querySelector("[data-live]");
  if (!part) {
    return;
  }
  const every = Math.max(2, Number(part.dataset.liveSeconds) || 5) * 1000;
  const LONGEST = 8; // after failures the wait grows, up to so many times as long
  let wait = 1;

  function version(within) {
    const found = within.querySelector("[data-live-version]");
    return found && found.dataset.liveVersion;
  }

  async function look() {
    if (document.hidden || (part.contains(document.activeElement) && document.activeElement.matches("button"))) {
      return true;
    }
    const answer = await fetch(part.dataset.live, { headers: { "X-Requested-With": "fetch" }, redirect: "error" });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    if (version(fresh) !== version(part)) {
      window.location.reload(); // it has ended, or begun again: the whole page says so
      return false;
    }
    part.replaceChildren(...Array.from(document.importNode(fresh, true).childNodes));
    return true;
  }

  async function again() {
    let goes = true;
    try {
      goes = await look();
      wait = 1;
    } catch (silence) {
      wait = Math.min(wait * 2, LONGEST);
    }
    if (goes) {
      window.setTimeout(again, every * wait);
    }
  }

  window.setTimeout(again, every);
})();
