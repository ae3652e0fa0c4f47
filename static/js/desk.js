// The keys of the review desk. A single key presses the control that carries it in data-desk-key, chooses a verdict or
// ticks a reason; nothing happens while somebody types. The switch in the help turns single keys off and is remembered
// on this machine. Every act has its button too: without this file the desk works by mouse and Tab.
(function () {
  "use strict";

  const desk = document.querySelector("[data-desk]");
  if (!desk) {
    return;
  }
  const REMEMBERED = "desk-keys";
  const toggle = desk.querySelector("[data-desk-switch]");
  const form = desk.querySelector("[data-desk-decision]");

  function remembered() {
    try {
      return window.localStorage.getItem(REMEMBERED) !== "off";
    } catch (error) {
      return true; // storage is forbidden here: the keys are on, the switch works for this page
    }
  }

  function remember(on) {
    try {
      window.localStorage.setItem(REMEMBERED, on ? "on" : "off");
    } catch (error) {
      return; // as above
    }
  }

  if (toggle) {
    toggle.checked = remembered();
    toggle.addEventListener("change", function () {
      remember(toggle.checked);
    });
  }

  function types(element) {
    return element.matches("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");
  }

  function choose(verdict) {
    const radio = form && form.querySelector("input[name=verdict][value=" + verdict + "]");
    if (radio) {
      radio.click();
      radio.focus();
    }
    return Boolean(radio);
  }

  function tick(number) {
    const box = form && form.querySelectorAll("input[name=reasons]")[number - 1];
    if (box) {
      box.click();
      box.focus();
    }
    return Boolean(box);
  }

  function walk(step) {
    const rows = Array.from(document.querySelectorAll("[data-desk-row]"));
    const at = rows.indexOf(document.activeElement);
    const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (row) {
      row.focus();
    }
    return Boolean(row);
  }

  function help() {
    const details = desk.querySelector("[data-desk-help]");
    if (details) {
      details.open = !details.open;
      details.querySelector("summary").focus();
    }
    return Boolean(details);
  }

  function press(key) {
    const control = document.querySelector('[data-desk-key="' + CSS.escape(key) + '"]');
    if (control) {
      control.click();
    }
    return Boolean(control);
  }

  function act(key) {
    switch (key) {
      case "?":
        return help();
      case "j":
        return walk(1);
      case "k":
        return walk(-1);
      case "a":
        return choose("approve");
      case "d":
        return choose("decline");
      case "m": {
        const note = form && form.querySelector("textarea[name=note]");
        if (note) {
          note.focus();
        }
        return Boolean(note);
      }
      default:
        return /^[1-9]$/.test(key) ? tick(Number(key)) : press(key);
    }
  }

  document.addEventListener("keydown", function (event) {
    if (document.querySelector("dialog[open]")) {
      return; // a document is looked at: its own keys count
    }
    const elsewhere = event.target.closest("form");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && (!elsewhere || elsewhere === form)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length !== 1) {
      return;
    }
    if ((toggle && !toggle.checked) || types(event.target)) {
      return;
    }
    if (act(event.key)) {
      event.preventDefault();
    }
  });
})();
