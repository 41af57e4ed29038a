// What a page can do more where scripts run. Without this file everything is there: as links, text and forms.
(() => {
  "use strict";
  const me = document.currentScript;
  const root = me.dataset.root;
  const words = JSON.parse(me.dataset.words);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const say = (pair, n) => pair[n === 1 ? 0 : 1].replace("{n}", n);
  const make = (tag, values) => Object.assign(document.createElement(tag), values);

  // The browser's own memory; some browsers and people forbid it, and then nothing is remembered.
  const memory = (store) => ({
    get: (key) => { try { return store()[key]; } catch { return undefined; } },
    set: (key, value) => { try { store()[key] = value; } catch { /* forbidden or full */ } },
  });
  const lasting = memory(() => localStorage);
  const passing = memory(() => sessionStorage);

  // A publisher's picture that does not come leaves its box, of the same size, without the browser's sign for it.
  const emptyBoxes = () => {
    const empty = (image) => image.replaceWith(make("span", { className: "picture" }));
    document.addEventListener("error", ({ target }) => { if (target.matches?.("img.picture")) empty(target); }, true);
    all("img.picture").filter((image) => image.complete && !image.naturalWidth).forEach(empty);
  };

  // Copy buttons stand beside addresses: an element with data-copy holds the text.
  const copyButtons = (within) => {
    for (const place of all("[data-copy]", within)) {
      if (place.nextElementSibling?.matches(".copy")) continue;
      const button = make("button", { type: "button", className: "pill copy", textContent: words.copy });
      button.setAttribute("aria-label", `${words.copy}: ${place.dataset.copyName || place.dataset.copy}`);
      const status = make("span", { className: "hidden" });
      status.setAttribute("role", "status");
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(place.dataset.copy);
        } catch { // no clipboard without TLS: the text is marked, and a key press copies it
          getSelection().selectAllChildren(place);
          status.textContent = button.textContent = words.copy_by_hand;
          return;
        }
        status.textContent = button.textContent = words.copied;
        setTimeout(() => { button.textContent = words.copy; status.textContent = ""; }, 2000);
      });
      place.after(button, status);
    }
  };

  // What is new since the last visit: a visit ends after half an hour without a page. Nothing leaves the browser.
  const VISIT = 30 * 60 * 1000;
  const markNew = (within) => {
    const since = Number(passing.get("since"));
    if (!since) return 0;
    const fresh = all("[data-at]", within).filter((item) => Number(item.dataset.at) * 1000 > since);
    for (const item of fresh) {
      if (item.classList.contains("fresh")) continue;
      item.classList.add("fresh");
      item.querySelector("h2, h3")?.append(make("span", { className: "hidden", textContent: ` (${words.fresh})` }));
    }
    return fresh.length;
  };
  const visit = () => {
    const seen = Number(lasting.get("seen"));
    if (seen && Date.now() - seen > VISIT) passing.set("since", seen);
    lasting.set("seen", Date.now());
    const place = document.getElementById("since");
    const found = markNew(document);
    if (place && found) place.textContent = ` · ${say(words.n_fresh, found)}`;
  };

  // Long lists: the next page is fetched when its link comes near, three times, then by a press; the link stays a link.
  const AUTOMATIC = 3;
  const growList = () => {
    const list = document.getElementById("stream");
    let grown = 0;
    const next = () => document.querySelector(".paging a[rel=next]");
    if (!list || !next()) return;
    const grow = async (link) => {
      if (link.getAttribute("aria-busy")) return;
      link.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(link.href);
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const items = all("#stream > *", page);
        list.append(...items);
        const after = page.querySelector(".paging a[rel=next]");
        if (after) link.href = after.href; else link.remove();
        markNew(list);
        grown += 1;
      } catch {
        location.href = link.href; // the link as it is: the browser tells what is wrong
      }
      link.removeAttribute("aria-busy");
    };
    next().addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      grow(event.currentTarget);
    });
    new IntersectionObserver((seen, observer) => {
      const link = next();
      if (!link || grown >= AUTOMATIC) observer.disconnect();
      else if (seen.some((entry) => entry.isIntersecting)) grow(link);
    }, { rootMargin: "400px" }).observe(next());
  };

  // Windows of the box: only the box changes, the page stays where it is.
  const switchWindows = () => document.addEventListener("click", async (event) => {
    const link = event.target.closest?.(".box .windows a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const box = link.closest(".box");
    try {
      const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
      box.replaceWith(page.getElementById(box.id));
      document.querySelector(`#${box.id} .windows [aria-current]`)?.focus();
    } catch {
      location.href = link.href;
    }
  });

  // News that came since the page was made announce themselves in a line; the page never moves by itself.
  const listen = () => {
    const line = document.getElementById("live");
    if (!line || !window.EventSource) return;
    const newest = Number(line.dataset.newest);
    let source;
    const hear = (event) => {
      const count = JSON.parse(event.data).filter((id) => id > newest).length;
      if (!count) return;
      const text = say(words.n_live, count);
      const link = line.firstElementChild || line.appendChild(make("a", { href: location.href.split("#")[0] }));
      link.onclick = (event) => { event.preventDefault(); location.reload(); }; // asks again, whatever the cache holds
      if (link.textContent !== text) link.textContent = text;
      line.hidden = false;
    };
    const tune = () => {
      if (document.hidden) {
        source?.close();
        source = undefined;
      } else if (!source) {
        source = new EventSource(`${root}/events`);
        source.addEventListener("newest", hear);
      }
    };
    document.addEventListener("visibilitychange", tune);
    tune();
  };

  // Reading without a network: the worker keeps the pages last seen.
  const keep = async () => {
    if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
    try {
      await navigator.serviceWorker.register(`${root}/sw.js`);
      const ready = await navigator.serviceWorker.ready;
      const parts = all("link[rel=stylesheet], link[rel=icon], script[src]").map((part) => part.href || part.src);
      ready.active.postMessage({ keep: [location.href.split("#")[0], ...parts] });
    } catch { /* a browser that allows none, or a private window */ }
  };

  emptyBoxes();
  copyButtons(document);
  visit();
  growList();
  switchWindows();
  addEventListener("load", () => setTimeout(() => { listen(); keep(); }, 1000));
})();
