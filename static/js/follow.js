// Follows something that a worker prepares: moves the bar, and draws the page anew once it is no longer in that state.
(function () {
  "use strict";

  const followed = document.querySelector("[data-follow]");
  if (!followed) {
    return;
  }
  const bar = followed.querySelector("[data-follow-bar]");
  let wait = 1500;

  async function look() {
    try {
      const reply = await fetch(followed.dataset.follow, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (reply.ok) {
        const now = await reply.json();
        if (now.state !== followed.dataset.followState) {
          window.location.reload();
          return;
        }
        if (bar) {
          bar.value = now.percent;
        }
      }
    } catch (silence) {
      // no network: ask again later
    }
    wait = Math.min(wait * 1.3, 15000);
    window.setTimeout(look, wait);
  }

  window.setTimeout(look, wait);
})();
