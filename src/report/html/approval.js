// Approval on the page of a dry run: turns photos down, chooses accounts and squares, and asks for the name of the
// approver.
const approve = ({ $, cards, texts, say, card_name }) => {
  const proposed = cards.filter((card) => card.dataset.guid !== undefined);
  const nameless = cards.filter((card) => card.dataset.path !== undefined && card.dataset.guid === undefined);
  const bar = document.querySelector(".approval");
  const nothing = () => {};
  if (!bar) {
    const never = () => false;
    return { is_down: never, is_named: never, turn: nothing, choose: nothing, look: nothing, crop: nothing, cut: nothing };
  }
  const down = new Set();
  const named = new Map();
  const seen = new Set();
  const crops = cropping({ card_name, changed: (card, what) => changed(card, what) });
  const is_down = (card) => down.has(card.id);
  const is_named = (card) => named.has(card.id);

  // Choices survive a reload if the browser allows it.
  const memory = `adphoto ${document.documentElement.dataset.run}`;
  const remember = () => {
    const kept = { down: [...down], named: [...named], seen: [...seen], crops: crops.kept(), by: $("by").value };
    try {
      localStorage.setItem(memory, JSON.stringify(kept));
    } catch {
      // Some browsers store nothing for local files. Then only a reload loses the choices.
    }
  };
  const recall = () => {
    try {
      return JSON.parse(localStorage.getItem(memory) ?? "{}");
    } catch {
      return {};
    }
  };

  const tell = (text) => {
    $("told").textContent = text;
  };
  const approved = () => [...proposed.filter((card) => !is_down(card)), ...nameless.filter(is_named)];
  const tally = () => {
    const all = approved();
    const count = all.length.toLocaleString();
    $("downs").textContent = down.size.toLocaleString();
    $("names").textContent = named.size.toLocaleString();
    $("approved").textContent = `${count} approved`;
    $("approved-of").textContent = down.size ? `${down.size.toLocaleString()} turned down` : "none turned down";
    $("seen").textContent = `seen ${all.filter((card) => seen.has(card.id)).length.toLocaleString()} of ${count}`;
    $("save").disabled = all.length === 0;
  };
  const dress = (card) => {
    const label = card.querySelector(".label");
    const account = named.get(card.id);
    card.classList.toggle("down", is_down(card));
    card.classList.toggle("named", Boolean(account));
    const decide = card.querySelector(".decide");
    if (decide) decide.textContent = is_down(card) ? "Bring back" : "Turn down";
    if (is_down(card)) label.textContent = "Turned down";
    else label.textContent = account ? `This is ${account.name}` : card.dataset.label;
    const buttons = Array.from(card.querySelectorAll(".choose"));
    // An account that was found by searching has a button on the card for as long as it is chosen.
    for (const button of buttons) if (button.dataset.found && button.dataset.guid !== account?.guid) button.remove();
    if (account && !buttons.some((button) => button.dataset.guid === account.guid)) {
      const button = document.createElement("button");
      const [name, also] = [document.createElement("bdi"), document.createElement("bdi")];
      [button.type, button.className, name.className, also.className] = ["button", "choose", "name", "also"];
      [name.textContent, also.textContent] = [account.name, account.user.replace(/^'/, "")];
      Object.assign(button.dataset, { guid: account.guid, user: account.user, found: "1" });
      button.append(name, " ", also);
      card.querySelector(".whose > p").after(button);
    }
    for (const button of card.querySelectorAll(".choose")) {
      button.setAttribute("aria-pressed", String(button.dataset.guid === account?.guid));
    }
    texts.delete(card);
  };
  const changed = (card, what) => {
    seen.add(card.id);
    dress(card);
    tally();
    tell("");
    remember();
    // The card stays visible until the filter is chosen again, so that the decision can be undone at once.
    say(`${card_name(card)}: ${what}. ${$("approved").textContent}`);
  };
  const turn = (card) => {
    if (card.dataset.guid === undefined) return;
    if (!is_down(card)) down.add(card.id);
    else down.delete(card.id);
    changed(card, is_down(card) ? "turned down" : "brought back");
  };
  const choose = (card, account) => {
    if (named.get(card.id)?.guid === account.guid) named.delete(card.id);
    else named.set(card.id, account);
    changed(card, is_named(card) ? `this is ${account.name}` : "nobody is chosen");
  };
  let looking = 0;
  const look = (card) => {
    if (card.dataset.path === undefined || seen.has(card.id)) return;
    seen.add(card.id);
    // In a large window many cards come into view at once.
    clearTimeout(looking);
    looking = setTimeout(() => {
      tally();
      remember();
    }, 100);
  };

  // No cell needs to be protected against formulas here: `cell` in csv.rs did that for what is on the cards, and the approver's
  // name must begin with a letter.
  const cell = (value) => (/[",\r\n“”„‟«»]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  // The photo that an account has is known only if the account has a card of its own.
  const held = ({ guid }) => proposed.find((card) => card.dataset.guid === guid)?.dataset.before ?? bar.dataset.notShown;
  const row = (card, by) => {
    const account = named.get(card.id);
    const { guid, user, before } = account ? { ...account, before: held(account) } : card.dataset;
    return [bar.dataset.version, guid, user, card.dataset.path, card.dataset.sha256, before, crops.listed(card), by];
  };
  const twice = (all) => {
    const owners = new Map();
    for (const card of all) {
      const guid = named.get(card.id)?.guid ?? card.dataset.guid;
      if (owners.has(guid)) return [owners.get(guid), card];
      owners.set(guid, card);
    }
    return undefined;
  };
  const save = () => {
    const by = $("by").value.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
    if (!/^\p{L}/u.test(by)) {
      tell("Type your name first: the list says who approved it.");
      $("by").focus();
      return;
    }
    const all = approved();
    const both = twice(all);
    if (both) {
      const name = named.get(both[1].id)?.name ?? card_name(both[1]);
      tell(`Two photos are for ${name}: choose one. Nothing is saved.`);
      both[1].scrollIntoView({ block: "center" });
      return;
    }
    const rows = all.map((card) => row(card, by));
    const lines = [bar.dataset.header.split(","), ...rows].map((cells) => `${cells.map(cell).join(",")}\r\n`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", ...lines], { type: "text/csv;charset=utf-8" }));
    link.download = "approved.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    tell("");
    say(`approved.csv saved, with ${rows.length.toLocaleString()} photos`);
  };

  const kept = recall();
  const list = (value) => (Array.isArray(value) ? value : []);
  const of = (some) => new Set(some.map((card) => card.id));
  const [is_proposed, is_nameless, is_any] = [of(proposed), of(nameless), of([...proposed, ...nameless])];
  for (const id of list(kept?.down)) if (is_proposed.has(id)) down.add(id);
  for (const id of list(kept?.seen)) if (is_any.has(id)) seen.add(id);
  for (const [id, account] of list(kept?.named).filter(Array.isArray)) {
    const is_account = ["guid", "user", "name"].every((field) => typeof account?.[field] === "string");
    if (is_nameless.has(id) && is_account) named.set(id, account);
  }
  crops.recall([...proposed, ...nameless], list(kept?.crops));
  if (typeof kept?.by === "string") $("by").value = kept.by;
  for (const card of [...proposed, ...nameless]) {
    card.dataset.label = card.querySelector(".label").textContent;
    for (const control of card.querySelectorAll(".decide, .whose, .recrop")) control.hidden = false;
    if (is_down(card) || is_named(card)) dress(card);
  }
  bar.hidden = false;
  document.querySelector(".tile[data-only=down]").hidden = proposed.length === 0;
  document.querySelector(".tile[data-only=named]").hidden = nameless.length === 0;
  $("save").addEventListener("click", save);
  $("by").addEventListener("input", remember);
  tally();
  return { is_down, is_named, turn, choose, look, crop: crops.toggle, cut: crops.cut };
};
