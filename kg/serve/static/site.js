// Sorts tables by their headings, and opens the sentences of a cell where one stands. Pages read without it.

for (const table of document.querySelectorAll("table[data-sort]")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, headings, column));
  });
}

function sort(table, headings, column) {
  const heading = headings[column];
  const numeric = heading.classList.contains("number");
  const now = heading.getAttribute("aria-sort");
  const down = numeric ? now !== "descending" : now === "ascending";
  for (const other of headings) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const language = document.documentElement.lang;
  const keys = new Map([...body.rows].map((row) => [row, row.cells[column].textContent.trim()]));
  const compare = numeric
    ? (a, b) => Number(keys.get(a) || 0) - Number(keys.get(b) || 0)
    : (a, b) => keys.get(a).localeCompare(keys.get(b), language);
  const rows = [...body.rows].sort((a, b) => (down ? -compare(a, b) : compare(a, b)));
  body.append(...rows);
}

const dialog = document.getElementById("drill");
if (dialog) {
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-drill]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const shut = document.createElement("button");
      shut.className = "shut";
      shut.textContent = dialog.dataset.close;
      shut.addEventListener("click", () => dialog.close());
      const found = document.importNode(page.getElementById("sentences"), true);
      found.querySelector("h1").outerHTML = found.querySelector("h1").outerHTML.replace(/^<h1/, "<h2").replace(/h1>$/, "h2>");
      dialog.replaceChildren(shut, found);
      dialog.showModal();
    } catch {
      location.href = link.href;
    }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

// A field that is left empty is no parameter.
document.addEventListener("submit", (event) => {
  const empty = [...event.target.querySelectorAll("input[data-optional]")].filter((field) => !field.value);
  for (const field of empty) field.disabled = true;
  setTimeout(() => { for (const field of empty) field.disabled = false; }, 0);
});
