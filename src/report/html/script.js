// Filters, search, sorting, keys, and the approval of a dry run. Without it, the page is a plain list of all cards.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const $ = (id) => document.getElementById(id);
  const list = $("cards");
  const cards = Array.from(list.children);
  const tiles = Array.from(document.querySelectorAll(".tile"));
  const order = new Map(tiles.map((tile, at) => [tile.dataset.only, at]));
  const down = new Set();
  let only = "";
  let current = null;

  document.documentElement.classList.add("js");
  const time = document.querySelector("time");
  time.title = time.textContent;
  time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "long", timeStyle: "medium" });

  // Search: accents and case make no difference.
  const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
  const fold = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter]);
  const texts = new Map();
  const says = (card) => {
    if (!texts.has(card)) {
      const parts = card.querySelectorAll("h3, .user, .department, .label, .reasons, .file, dd");
      texts.set(card, fold(Array.from(parts, (part) => part.textContent).join("\n")));
    }
    return texts.get(card);
  };

  const isDown = (card) => down.has(card.id);
  const passes = (card) => !only || (only === "down" ? isDown(card) : card.dataset.status === only);
  const visible = () => Array.from(list.children).filter((card) => !card.hidden);

  const show = () => {
    const words = fold($("find").value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of cards) {
      const hide = !passes(card) || !words.every((word) => says(card).includes(word));
      // Only what changes: laying out thousands of cards anew takes time.
      if (card.hidden !== hide) card.hidden = hide;
      if (!hide) count += 1;
    }
    $("shown").textContent =
      count === cards.length
        ? `${count.toLocaleString()} shown`
        : `${count.toLocaleString()} of ${cards.length.toLocaleString()} shown`;
    $("none").hidden = count > 0;
    if (!current || current.hidden) choose(cards.find((card) => !card.hidden));
  };

  const choose_only = (status) => {
    only = status;
    for (const tile of tiles) tile.setAttribute("aria-pressed", String(tile.dataset.only === only));
    show();
  };

  const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
  const text = (card, selector) => card.querySelector(selector)?.textContent ?? "";
  const keys = {
    name: (card) => text(card, "h3"),
    department: (card) => text(card, ".department") || "\uffff",
    status: (card) => order.get(card.dataset.status),
  };
  const sort = () => {
    const key = keys[$("sort").value];
    let sorted = cards;
    if (key) {
      const keyed = cards.map((card) => [key(card), card]);
      const compare = $("sort").value === "status" ? (a, b) => a - b : collator.compare;
      // Sorting is stable: cards of one key stay in the order of the run.
      sorted = keyed.sort(([a], [b]) => compare(a, b)).map(([, card]) => card);
    }
    list.append(...sorted);
  };

  // One stop of the Tab key for all cards, and within the chosen one those of its buttons.
  const stops = (card) => card.querySelectorAll("button, summary");
  const choose = (card) => {
    if (current) {
      current.tabIndex = -1;
      for (const stop of stops(current)) stop.tabIndex = -1;
    }
    current = card ?? null;
    if (!current) return;
    current.tabIndex = 0;
    for (const stop of stops(current)) stop.tabIndex = 0;
  };
  const go = (card) => {
    if (!card) return;
    choose(card);
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  };
  const step = (key) => {
    const all = visible();
    const at = all.indexOf(current);
    const columns = all.findIndex((card) => card.offsetTop > all[0].offsetTop);
    const row = columns < 1 ? all.length : columns;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[key];
    if (key === "Home") go(all[0]);
    else if (key === "End") go(all[all.length - 1]);
    else go(all[at + by]);
  };

  // Approval: what is turned down is remembered where the browser allows it.
  const proposed = cards.filter((card) => card.dataset.path !== undefined);
  const memory = `adphoto ${document.documentElement.dataset.run}`;
  const remember = () => {
    try {
      localStorage.setItem(memory, JSON.stringify([...down]));
    } catch {
      // A browser that keeps nothing for files still approves; only a reload forgets.
    }
  };
  const recall = () => {
    try {
      return JSON.parse(localStorage.getItem(memory) ?? "[]");
    } catch {
      return [];
    }
  };
  const dress = (card) => {
    const turned = isDown(card);
    card.classList.toggle("down", turned);
    card.querySelector(".decide").textContent = turned ? "Bring back" : "Turn down";
    card.querySelector(".label").textContent = turned ? "Turned down" : card.dataset.label;
    texts.delete(card);
  };
  const tally = () => {
    const approved = proposed.length - down.size;
    $("downs").textContent = down.size.toLocaleString();
    $("approved").textContent = `${approved.toLocaleString()} approved`;
    $("approved-of").textContent = down.size ? `${down.size.toLocaleString()} turned down` : "none turned down";
    $("save").disabled = approved === 0;
  };
  const turn = (card) => {
    if (!isDown(card)) down.add(card.id);
    else down.delete(card.id);
    dress(card);
    tally();
    remember();
    // A card stays where it is until the filter is chosen again: it can be brought back at once.
    $("shown").textContent =
      `${text(card, "h3")}: ${isDown(card) ? "turned down" : "brought back"}. ${$("approved").textContent}`;
  };
  // The cards hold texts as cells have them: no spreadsheet runs one as a formula.
  const cell = (value) => (/[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const save = () => {
    const approved = proposed.filter((card) => !isDown(card)).map((card) => card.dataset);
    const rows = approved.map(({ user, path, sha256 }) => [user, path, sha256]);
    const lines = [["sAMAccountName", "path", "sha256"], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", ...lines], { type: "text/csv;charset=utf-8" }));
    link.download = "approved.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    $("shown").textContent = `approved.csv saved, with ${rows.length.toLocaleString()} photos`;
  };
  if (proposed.length) {
    const known = new Set(proposed.map((card) => card.id));
    const kept = recall();
    for (const id of Array.isArray(kept) ? kept : []) if (known.has(id)) down.add(id);
    for (const card of proposed) {
      card.dataset.label = text(card, ".label");
      card.querySelector(".decide").hidden = false;
      if (isDown(card)) dress(card);
    }
    document.querySelector(".approval").hidden = false;
    document.querySelector(".tile[data-only=down]").hidden = false;
    $("save").addEventListener("click", save);
    tally();
  }

  // A browser begins with every picture of a page at once, be it lazy or not, when the page itself holds it. So they lie
  // in <noscript>, which is text where scripts run, and only those near what is seen are made.
  const near = new Set();
  const develop = (card) => {
    for (const frame of card.querySelectorAll(".photo")) {
      if (frame.lastChild.nodeName === "IMG") continue;
      const photo = new Image(96, 96);
      photo.alt = frame.getAttribute("aria-label");
      photo.decoding = "async";
      photo.src = /data:[^"]+/.exec(frame.textContent)[0];
      frame.append(photo);
    }
  };
  const wither = (card) => {
    for (const photo of card.querySelectorAll(".photo > img")) photo.remove();
  };
  const watch = (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        near.add(target);
        develop(target);
      } else if (near.delete(target)) wither(target);
    }
  };
  const eye = new IntersectionObserver(watch, { rootMargin: "100% 0px" });
  for (const card of cards) eye.observe(card);
  addEventListener("beforeprint", () => visible().forEach(develop));
  addEventListener("afterprint", () => cards.filter((card) => !near.has(card)).forEach(wither));

  // One listener for all cards.
  list.addEventListener("click", (event) => {
    const card = event.target.closest(".card");
    if (!card) return;
    choose(card);
    if (event.target.closest(".decide")) turn(card);
    else if (!event.target.closest("summary, details") && !String(getSelection())) card.focus({ preventScroll: true });
  });
  list.addEventListener("focusin", (event) => {
    const card = event.target.closest(".card");
    if (card && card !== current) choose(card);
  });
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
      event.preventDefault();
      step(event.key);
    } else if ((event.key === "x" || event.key === " ") && event.target.dataset.path !== undefined) {
      event.preventDefault();
      turn(event.target);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing) {
      event.preventDefault();
      $("find").focus();
    } else if (event.key === "Escape" && $("find").value) {
      event.preventDefault();
      $("find").value = "";
      show();
    }
  });
  for (const tile of tiles) {
    tile.disabled = false;
    tile.addEventListener("click", () => choose_only(tile.dataset.only));
  }
  let waiting = 0;
  $("find").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 80);
  });
  $("sort").addEventListener("change", sort);
  $("reset").addEventListener("click", () => {
    $("find").value = "";
    choose_only("");
    $("find").focus();
  });

  for (const stop of stops(list)) stop.tabIndex = -1;
  for (const card of cards) card.tabIndex = -1;
  document.querySelector(".tools").hidden = false;
  // Who approves begins with what there is to approve.
  choose_only(document.querySelector(".approval") ? "would-write" : "");
});
