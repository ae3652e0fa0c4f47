// While somebody types one amount of an exchange: names the currency of each side, leaves the other amount empty, and
// says about what comes of it. An estimate from the rates on the page; the server works out the exact amounts.
(function () {
  "use strict";

  const form = document.querySelector("form[data-exchange]");
  const said = form && form.querySelector("[data-exchange-estimate]");
  if (!said) return;

  const empty = said.textContent;
  const worth = { CNY: 1 };
  const share = { CNY: 0 };
  document.querySelectorAll("[data-exchange-rates] [data-currency]").forEach((row) => {
    worth[row.dataset.currency] = Number(row.dataset.worth);
    share[row.dataset.currency] = Number(row.dataset.share);
  });
  const field = (name) => form.elements.namedItem(name);

  function currency(name) {
    const chosen = field(name).selectedOptions[0];
    return chosen ? chosen.textContent.trim().slice(0, 3) : "";
  }

  function unit(name, code) {
    const place = field(name).parentElement.querySelector("span[aria-hidden]");
    if (place) place.textContent = code === "CNY" ? "¥" : code;
  }

  function estimate() {
    const from = currency("source");
    const to = currency("destination");
    unit("sell", from);
    unit("buy", to);
    const typed = ["sell", "buy"].find((name) => field(name).value.trim());
    const value = typed ? Number(field(typed).value.replace(/[,\s]/g, "")) : NaN;
    if (!(value > 0) || !worth[from] || !worth[to] || from === to) {
      said.textContent = empty;
      return;
    }
    const rate = (worth[from] / worth[to]) * (1 - share[from] - share[to]);
    const other = typed === "sell" ? value * rate : value / rate;
    const code = typed === "sell" ? to : from;
    const amount = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: code, currencyDisplay: "code" });
    said.textContent = said.dataset.text.replace("{amount}", amount.format(other));
  }

  ["sell", "buy"].forEach((name, index) => {
    field(name).addEventListener("input", () => {
      if (field(name).value.trim()) field(["buy", "sell"][index]).value = "";
      estimate();
    });
  });
  form.addEventListener("change", estimate);
  window.addEventListener("pageshow", estimate); // the back button restores choices after the page has loaded
})();
