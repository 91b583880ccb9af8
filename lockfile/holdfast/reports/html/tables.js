// Tables that can be sorted by a column; the one of packages shows its first rows, and the ones that a filter names.
const mostRows = 100;
let everyRow = false;

const valueOf = (row, column, isNumber) => {
  const cell = row.cells[column];
  return isNumber ? Number(cell.dataset.v ?? cell.textContent) || 0 : cell.textContent.trim().toLowerCase();
};
const startTable = (table, after) => {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = make("button", { type: "button", title: head.title }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const isNumber = head.classList.contains("number");
      const now = head.getAttribute("aria-sort");
      const falling = now ? now === "ascending" : isNumber;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].map((row) => [valueOf(row, column, isNumber), row]);
      const sign = falling ? -1 : 1;
      rows.sort(([one], [two]) => sign * (isNumber ? one - two : one < two ? -1 : one > two ? 1 : 0));
      table.tBodies[0].append(...rows.map(([, row]) => row));
      after();
    });
  });
};
const startTables = () => {
  const table = $("packages");
  const filter = make("input", { type: "search", id: "filter", autocomplete: "off", spellcheck: false });
  filter.placeholder = "name, signer, capability, licence";
  const label = make("label", { htmlFor: "filter" }, "Filter rows");
  $("table-tools").append(make("div", { className: "search" }, label, filter));
  const cutRows = () => {
    const wanted = filter.value.trim().toLowerCase();
    let fitting = 0;
    for (const row of table.tBodies[0].rows) {
      const fits = !wanted || row.textContent.toLowerCase().includes(wanted);
      fitting += fits ? 1 : 0;
      row.hidden = !fits || (!everyRow && fitting > mostRows);
    }
    const more = $("more");
    if (everyRow || fitting <= mostRows) {
      more.textContent = wanted ? `${plural(fitting, "package")} of ${root.toLocaleString("en")}` : "";
      return;
    }
    const button = make("button", { type: "button", className: "action" }, `Show all ${fitting.toLocaleString("en")}`);
    button.addEventListener("click", () => { everyRow = true; cutRows(); filter.focus(); });
    more.replaceChildren(`The first ${mostRows} of ${plural(fitting, "package")} are shown. `, button);
  };
  filter.addEventListener("input", () => {
    cutRows();
    const wanted = filter.value.trim().toLowerCase();
    const fitting = [...table.tBodies[0].rows].filter((row) => row.textContent.toLowerCase().includes(wanted)).length;
    say(`${plural(fitting, "row")} of ${root.toLocaleString("en")}`);
  });
  startTable(table, cutRows);
  if ($("signers")) startTable($("signers"), () => {});
  cutRows();
};
