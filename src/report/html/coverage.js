// The coverage table: its heads sort it, and each row shows only the cards of its group.
const cover = ({ show }) => {
  const section = document.querySelector(".coverage");
  if (!section) return { passes: () => true, chosen: () => "", clear: () => {} };
  const MAX_ROWS = 15;
  const body = section.querySelector("tbody");
  const rows = Array.from(body.rows);
  const choices = Array.from(section.querySelectorAll("th[scope=row] button"));
  const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
  let group = "";

  const mark = () => {
    for (const choice of choices) {
      const is_chosen = choice.dataset.group === group;
      choice.setAttribute("aria-pressed", String(is_chosen));
      choice.closest("tr").classList.toggle("chosen", is_chosen && group !== "");
    }
  };
  for (const choice of choices) {
    choice.disabled = false;
    choice.addEventListener("click", () => {
      group = choice.dataset.group === group ? "" : choice.dataset.group;
      mark();
      show();
    });
  }
  // A row is wide, so a click anywhere in it counts.
  for (const row of section.querySelectorAll("tbody tr, tfoot tr")) {
    row.addEventListener("click", (event) => {
      if (!event.target.closest("button") && !String(getSelection())) row.querySelector("button").click();
    });
  }

  const heads = Array.from(section.querySelectorAll("thead th"));
  const number = (cell) => Number(cell.textContent.replace(/[^0-9]/g, ""));
  const sort = (at, descending) => {
    const compare =
      at === 0
        ? (a, b) => collator.compare(a.cells[0].textContent, b.cells[0].textContent)
        : (a, b) => number(a.cells[at]) - number(b.cells[at]);
    body.append(...[...rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b))));
    for (const head of heads) head.removeAttribute("aria-sort");
    heads[at].setAttribute("aria-sort", descending ? "descending" : "ascending");
  };
  heads.forEach((head, at) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.disabled = false;
    // Names begin with A, numbers with the greatest.
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(at, now ? now === "ascending" : at > 0);
    });
  });

  const more = document.getElementById("groups");
  if (rows.length > MAX_ROWS) {
    const fold = (folded) => {
      section.classList.toggle("folded", folded);
      more.setAttribute("aria-expanded", String(!folded));
      more.textContent = folded ? `Show all ${rows.length.toLocaleString()} groups` : "Show fewer groups";
    };
    more.hidden = false;
    more.addEventListener("click", () => fold(!section.classList.contains("folded")));
    fold(true);
  }
  mark();

  return {
    passes: (card) => group === "" || card.dataset.group === group,
    chosen: () => choices.find((choice) => group !== "" && choice.dataset.group === group)?.textContent ?? "",
    clear: () => {
      group = "";
      mark();
    },
  };
};
