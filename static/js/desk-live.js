// Keeps an open queue true: asks every few seconds whether something has happened, and puts the new lists in place of
// the old ones. Whoever stands on a row stays on it. Nothing is asked while nobody looks; without this file the queue is
// as it was when the page was opened.
(function () {
  "use strict";

  const lists = document.querySelector("[data-desk-lists]");
  if (!lists) {
    return;
  }
  const said = document.querySelector("[data-desk-said]");
  const every = Math.max(5, Number(lists.dataset.seconds) || 15) * 1000;
  const LONGEST = 8; // after failures the wait grows, up to so many times as long
  let wait = 1;

  function version() {
    return lists.querySelector("[data-desk-version]").dataset.deskVersion;
  }

  function place(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-desk-version]");
    if (!fresh) {
      window.location.reload(); // signed out, or no longer at the desk: the server says what is to be done
      return;
    }
    const at = document.activeElement;
    const row = lists.contains(at) && at.getAttribute("href");
    lists.replaceChildren(document.importNode(fresh, true));
    const same = row && Array.from(lists.querySelectorAll("a")).find((link) => link.getAttribute("href") === row);
    if (same) {
      same.focus({ preventScroll: true });
    }
    said.textContent = lists.dataset.changed;
  }

  async function look() {
    if (document.hidden || lists.querySelector("form[aria-busy=true]")) {
      return;
    }
    const url = new URL(lists.dataset.live, window.location.origin);
    url.searchParams.set("have", version());
    const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } });
    if (answer.status === 200) {
      place(await answer.text());
    } else if (answer.status !== 204) {
      throw new Error(String(answer.status));
    }
  }

  function again() {
    window.setTimeout(function () {
      look().then(
        function () {
          wait = 1;
        },
        function () {
          wait = Math.min(LONGEST, wait * 2); // the network or the server is away: ask less often
        },
      ).then(again);
    }, every * wait);
  }

  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) {
      look().catch(function () {
        wait = Math.min(LONGEST, wait * 2);
      });
    }
  });
  again();
})();
