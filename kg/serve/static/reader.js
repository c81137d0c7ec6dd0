// The notice reader: pointing at a text shows its node, choosing a node shows its text.

const reader = document.getElementById("reader");
const pieces = new Map(); // number of a node -> its pieces in both texts
for (const piece of reader.querySelectorAll(".m")) {
  for (const number of piece.dataset.n.split(" ")) {
    if (!pieces.has(number)) pieces.set(number, []);
    pieces.get(number).push(piece);
  }
}
const boxes = [...reader.querySelectorAll("input[data-kind]")];
for (const box of boxes) {
  box.addEventListener("change", () => {
    document.body.classList.toggle("hide-" + box.dataset.kind, !box.checked);
    for (const item of reader.querySelectorAll(".nodes li")) if (item.dataset.kind === box.dataset.kind) item.hidden = !box.checked;
  });
}

function light(numbers, name, on) {
  for (const number of numbers) for (const piece of pieces.get(number) ?? []) piece.classList.toggle(name, on);
}
function choose(numbers, scroll) {
  light(pieces.keys(), "chosen", false);
  for (const item of reader.querySelectorAll(".nodes li.chosen")) item.classList.remove("chosen");
  light(numbers.slice(0, 1), "chosen", true);
  const items = numbers.map((n) => document.getElementById("n" + n)).filter(Boolean);
  for (const item of items) item.classList.add("chosen");
  if (scroll && items.length && innerWidth > 1100) { const box = items[0].closest(".right"); box.scrollTop += items[0].getBoundingClientRect().top - box.getBoundingClientRect().top - 8; }
  return items[0];
}

reader.addEventListener("mouseover", (event) => {
  const piece = event.target.closest(".m");
  if (piece) light(piece.dataset.n.split(" ").slice(0, 1), "on", true);
});
reader.addEventListener("mouseout", (event) => {
  const piece = event.target.closest(".m");
  if (piece) light(piece.dataset.n.split(" ").slice(0, 1), "on", false);
});
reader.addEventListener("click", (event) => {
  const receipt = event.target.closest("[data-e], [data-d]");
  const piece = event.target.closest(".m");
  if (piece) {
    event.preventDefault();
    const item = choose(piece.dataset.n.split(" "), true);
    if (event.detail === 0) item?.focus(); // from the keyboard
    history.replaceState(null, "", "#n" + piece.dataset.n.split(" ")[0]);
    return;
  }
  if (receipt && (receipt.dataset.e || receipt.dataset.d)) {
    const id = receipt.dataset.e ? "e" + receipt.dataset.e.split(" ")[0] : "d" + receipt.dataset.d;
    const row = document.getElementById(id);
    if (row) { row.closest("details").open = true; row.scrollIntoView({ block: "center" }); }
    return;
  }
  const back = event.target.closest("a[data-start]");
  if (back) {
    const raw = document.getElementById("view-raw")?.checked;
    const spot = document.getElementById((raw ? "r" : "t") + back.dataset.start);
    if (spot) { event.preventDefault(); spot.scrollIntoView({ block: "center" }); }
    const item = back.closest(".nodes li");
    if (item) choose([item.id.slice(1)], false);
  }
});
if (location.hash.startsWith("#n")) choose([location.hash.slice(2)], true);
const target = document.getElementById("att")?.closest(".m");
if (target) choose(target.dataset.n.split(" "), true);
