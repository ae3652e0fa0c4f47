// Counts down how long something holds, and says so when it is over. The server decides; this only tells the time.
//
//   <p data-until="180" data-left="Holds for {time} more." data-over="It has run out.">…</p> <p data-until-over hidden>…</p>
(function () {
  "use strict";

  document.querySelectorAll("[data-until]").forEach((place) => {
    const end = performance.now() + Number(place.dataset.until) * 1000;
    const after = document.querySelector("[data-until-over]");

    function tell() {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0) {
        place.textContent = place.dataset.over;
        place.setAttribute("role", "status");
        if (after) after.hidden = false;
        return;
      }
      const time = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      place.textContent = place.dataset.left.replace("{time}", time);
      window.setTimeout(tell, 1000);
    }

    tell();
  });
})();
