// Filters, search, sorting, keys, and dialogs. Without this script, the page is a plain list of all cards.
document.addEventListener("DOMContentLoaded", () => {
  const $ = (id) => document.getElementById(id);
  const list = $("cards");
  const cards = Array.from(list.children);
  const tiles = Array.from(document.querySelectorAll(".tile"));
  const order = new Map(tiles.map((tile, at) => [tile.dataset.only, at]));
  let only = "";
  let current = null;

  document.documentElement.classList.add("js");
  const time = document.querySelector("time");
  time.title = time.textContent;
  time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: "long", timeStyle: "medium" });

  // Buttons and paths are not searched, because their words are on every card.
  const texts = new Map();
  const says = (card) => {
    if (!texts.has(card)) {
      const parts = card.querySelectorAll("h3, .user, .department, .column bdi, .file, .choose[aria-pressed=true]");
      texts.set(card, Array.from(parts, (part) => searchable(part.textContent)).join(""));
    }
    return texts.get(card);
  };

  const say = (text) => {
    $("shown").textContent = text;
  };
  const text = (card, selector) => card.querySelector(selector)?.textContent ?? "";
  const approval = approve({ $, cards, texts, say, card_name: (card) => text(card, "h3") });
  const kinds = { down: approval.is_down, named: approval.is_named };
  const groups = cover({ show: () => show() });
  const passes = (card) => groups.passes(card) && passes_status(card);
  const passes_status = (card) => !only || (kinds[only] ? kinds[only](card) : card.dataset.status === only);
  const visible = () => Array.from(list.children).filter((card) => !card.hidden);

  const show = () => {
    const wanted = words($("find").value);
    let count = 0;
    for (const card of cards) {
      const hide = !passes(card) || !has_all(says(card), wanted);
      // Only cards that change are touched, because laying out thousands of them takes time.
      if (card.hidden !== hide) card.hidden = hide;
      if (!hide) count += 1;
    }
    const of = count === cards.length ? "" : ` of ${cards.length.toLocaleString()}`;
    say(`${count.toLocaleString()}${of} shown${groups.chosen() && `: ${groups.chosen()}`}`);
    $("none").hidden = count > 0;
    if (!current || current.hidden) choose(cards.find((card) => !card.hidden));
  };

  const choose_only = (status) => {
    only = status;
    for (const tile of tiles) tile.setAttribute("aria-pressed", String(tile.dataset.only === only));
    show();
  };

  const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
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
      // Sorting is stable, so cards with equal keys stay in the order of the run.
      sorted = keyed.sort(([a], [b]) => compare(a, b)).map(([, card]) => card);
    }
    list.append(...sorted);
  };

  // The Tab key stops only once in the list, at the chosen card, and then at the buttons of that card.
  const stops = (card) => card.querySelectorAll("button, summary, .square");
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

  // A browser decodes all embedded photos of a page at once, even if they are marked as lazy. So they are inside <noscript>,
  // which is only text if scripts run, and an image is made only for cards near the visible ones.
  const picture = (frame) => {
    const photo = new Image(96, 96);
    photo.alt = frame.getAttribute("aria-label");
    photo.decoding = "async";
    photo.src = approval.cut(frame) ?? /data:[^"]+/.exec(frame.textContent)[0];
    return photo;
  };
  const near = new Set();
  const develop = (card) => {
    for (const frame of card.querySelectorAll(".photo")) {
      if (frame.lastChild.nodeName !== "IMG") frame.append(picture(frame));
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

  // A card counts as seen if it was visible for a moment, not if it was only scrolled past.
  const SEEN_AFTER_MS = 400;
  const watched = new Map();
  const seeing = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        clearTimeout(watched.get(target));
        watched.delete(target);
        const look = () => {
          if (document.visibilityState === "visible") approval.look(target.closest(".card"));
        };
        if (isIntersecting) watched.set(target, setTimeout(look, SEEN_AFTER_MS));
      }
    },
    { threshold: 0.9 },
  );
  for (const card of cards) if (card.dataset.path !== undefined) seeing.observe(card.querySelector(".faces"));

  // Dialogs: a larger photo, and the search for its account.
  const faces = (dialog, card) => {
    const frames = Array.from(card.querySelectorAll(".photo"), (frame) => {
      const figure = document.createElement("figure");
      const caption = document.createElement("figcaption");
      caption.textContent = text(frame.parentElement, "figcaption");
      figure.append(picture(frame), caption);
      return figure;
    });
    dialog.querySelector(".faces").replaceChildren(...frames);
    return frames.length > 0;
  };
  const enlarge = (card) => {
    if (!faces($("larger"), card)) return;
    $("larger").querySelector("p").textContent = text(card, "h3");
    $("larger").showModal();
  };
  const MAX_PEOPLE = 20;
  const directory = $("directory") && people_in($("directory"));
  let asked = null;
  const list_people = async () => {
    const wanted = $("person").value;
    let found;
    try {
      found = await directory(wanted);
    } catch {
      $("people-found").textContent = "This browser is too old to search the accounts: use a newer one.";
      return;
    }
    if (wanted !== $("person").value) return;
    const more = found.length > MAX_PEOPLE ? `; the first ${MAX_PEOPLE} are shown` : "";
    $("people-found").textContent = wanted.trim() ? `${found.length.toLocaleString()} found${more}` : "";
    const items = found.slice(0, MAX_PEOPLE).map((account) => {
      const [item, button, name, also] = ["li", "button", "bdi", "bdi"].map((kind) => document.createElement(kind));
      [button.type, button.className, also.className] = ["button", "choose", "also"];
      [name.textContent, also.textContent] = [account.name, account.user.replace(/^'/, "")];
      button.append(name, " ", also);
      button.addEventListener("click", () => {
        $("people").close();
        approval.choose(asked, { guid: account.guid, user: account.user, name: account.name });
      });
      item.append(button);
      return item;
    });
    $("people-list").replaceChildren(...items);
  };
  const ask = (card) => {
    asked = card;
    faces($("people"), card);
    $("person").value = "";
    list_people();
    $("people").showModal();
    $("person").focus();
  };
  $("person")?.addEventListener("input", list_people);
  for (const close of document.querySelectorAll("dialog .close")) {
    close.addEventListener("click", () => close.closest("dialog").close());
  }

  // One listener serves all cards.
  list.addEventListener("click", (event) => {
    const card = event.target.closest(".card");
    if (!card) return;
    choose(card);
    const button = event.target.closest("button");
    if (event.target.closest(".cropper")) return;
    if (button?.matches(".decide")) approval.turn(card);
    else if (button?.matches(".recrop")) approval.crop(card);
    else if (button?.matches(".other")) ask(card);
    else if (button?.matches(".choose")) {
      const { guid, user } = button.dataset;
      approval.choose(card, { guid, user, name: text(button, ".name") });
    } else if (event.target.closest(".photo")) enlarge(card);
    else if (!event.target.closest("summary, details") && !String(getSelection())) card.focus({ preventScroll: true });
  });
  list.addEventListener("focusin", (event) => {
    const card = event.target.closest(".card");
    if (card && card !== current) choose(card);
  });

  // Keys work wherever the focus is, except in fields and in regions that scroll by them. If the focus is outside the cards,
  // an arrow key goes to the chosen card, or to the first visible one.
  const is_in_sight = (card) => {
    const { top, bottom } = card.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const enter = () => go(current && is_in_sight(current) ? current : visible().find(is_in_sight) ?? current);
  const clear = () => {
    $("find").value = "";
    show();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const { key, target } = event;
    if (key === "Escape" && (target === $("find") || $("find").value)) {
      event.preventDefault();
      clear();
      // The focus goes from the search back to the cards, so that the next key is for them.
      if (target === $("find")) go(current);
      return;
    }
    if (target.closest("input, select, textarea") || (key.startsWith("Arrow") && target.closest(".scroll"))) return;
    const card = target.closest(".card");
    const is_step = /^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(key);
    if (key === "/") {
      event.preventDefault();
      $("find").focus();
    } else if (is_step && card) {
      event.preventDefault();
      step(key);
    } else if (key.startsWith("Arrow")) {
      event.preventDefault();
      enter();
    } else if (key === "x") {
      if (!card) enter();
      if (current) approval.turn(current);
    } else if (key === "c" && card) approval.crop(card);
    else if (key === " " && target === card) {
      event.preventDefault();
      approval.turn(card);
    } else if (key === "Enter" && target === card) enlarge(card);
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
    groups.clear();
    choose_only("");
    $("find").focus();
  });

  for (const stop of stops(list)) stop.tabIndex = -1;
  for (const card of cards) card.tabIndex = -1;
  document.querySelector(".tools").hidden = false;
  // The approval page begins with the photos that can be approved.
  choose_only(document.querySelector(".approval") && order.has("would-write") ? "would-write" : "");
});
