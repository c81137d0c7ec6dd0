"use strict";
for (const box of document.querySelectorAll(".kg-matrix")) {
  const body = box.querySelector("tbody");
  if (!body) continue;
  const heads = [...box.querySelectorAll("thead th")];
  const number = (row, column) => {
    const value = row.cells[column + 1].dataset.v;
    return value === undefined ? -1 : Number(value);
  };
  for (const head of heads) {
    head.addEventListener("click", () => {
      const column = Number(head.querySelector("button").dataset.col);
      const first = column < 0 ? "ascending" : "descending";
      const other = column < 0 ? "descending" : "ascending";
      const way = head.getAttribute("aria-sort") === first ? other : first;
      const sign = way === "ascending" ? 1 : -1;
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way);
      const rows = [...body.rows];
      const order = (row) => Number(row.dataset.order);
      rows.sort((a, b) => {
        if (column < 0) return sign * (order(a) - order(b));
        const [x, y] = [number(a, column), number(b, column)];
        if (x < 0 || y < 0) return y < 0 && x < 0 ? order(a) - order(b) : x < 0 ? 1 : -1;
        return sign * (x - y) || order(a) - order(b);
      });
      body.append(...rows);
    });
  }
  const tools = box.querySelector(".kg-tools");
  tools.hidden = false;
  tools.querySelector("input").addEventListener("input", (event) => {
    const word = event.target.value.trim().toLowerCase();
    for (const row of body.rows) row.hidden = word !== "" && !row.dataset.name.includes(word);
  });
}
for (const button of document.querySelectorAll(".kg-langs button")) {
  button.addEventListener("click", () => {
    const lang = button.dataset.to;
    document.documentElement.lang = lang === "zh" ? "zh-Hans" : "en";
    for (const part of document.querySelectorAll("[data-lang]")) part.dataset.lang = lang;
    for (const each of document.querySelectorAll(".kg-langs button"))
      each.setAttribute("aria-pressed", String(each === button));
  });
}
