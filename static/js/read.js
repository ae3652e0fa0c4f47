// Reads the page aloud, with a voice that lives on this device: nothing of the page leaves it. Without such a voice for
// the page's language the button stays away. Covered amounts are not read.
// Markup: <li data-read-place hidden><button type="button" data-read>… data-read-start … data-read-stop …</button></li>
(function () {
  "use strict";
  const place = document.querySelector("[data-read-place]");
  const speech = window.speechSynthesis;
  if (!place || !speech || !window.SpeechSynthesisUtterance) {
    return;
  }
  const button = place.querySelector("[data-read]");
  const language = document.documentElement.lang.toLowerCase().slice(0, 2);
  const WHOLE = "h1, h2, h3, p, li, dt, dd, th, td, label, legend, summary, button";
  let reading = false;

  function voice() {
    return speech.getVoices().find(function (one) {
      return one.localService && one.lang.toLowerCase().replace("_", "-").startsWith(language);
    });
  }

  function offer() {
    place.hidden = !voice();
  }

  // The smallest blocks that hold text of their own, in the order of the page, as far as they can be seen.
  function sentences() {
    const covered = document.documentElement.getAttribute("data-amounts") === "hidden";
    const found = [];
    document.querySelectorAll("main :is(" + WHOLE + ")").forEach(function (block) {
      if (block.querySelector(WHOLE) || !block.offsetParent || block.closest("[aria-hidden=true]")) {
        return;
      }
      const words = block.cloneNode(true);
      words.querySelectorAll("svg").forEach(function (drawing) { drawing.remove(); });
      if (covered) {
        words.querySelectorAll(".amount").forEach(function (amount) { amount.remove(); });
      }
      const text = words.textContent.replace(/\s+/g, " ").trim();
      if (text) {
        found.push(text);
      }
    });
    return found;
  }

  function show() {
    button.setAttribute("aria-pressed", reading ? "true" : "false");
    button.querySelector("[data-read-start]").hidden = reading;
    button.querySelector("[data-read-stop]").hidden = !reading;
  }

  function stop() {
    reading = false;
    speech.cancel();
    show();
  }

  function start() {
    const chosen = voice();
    const texts = sentences();
    if (!chosen || !texts.length) {
      return;
    }
    reading = true;
    texts.forEach(function (text, number) {
      const spoken = new SpeechSynthesisUtterance(text);
      spoken.voice = chosen;
      spoken.lang = chosen.lang;
      spoken.rate = 0.9;
      if (number === texts.length - 1) {
        spoken.addEventListener("end", stop);
      }
      speech.speak(spoken);
    });
    show();
  }

  offer();
  speech.addEventListener("voiceschanged", offer);
  button.addEventListener("click", function () {
    if (reading) {
      stop();
    } else {
      start();
    }
  });
  window.addEventListener("pagehide", stop);
})();
