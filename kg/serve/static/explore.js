// The graph explorer: starts from one node, grows by what is asked for, and tells the same in a table.

import { MultiDirectedGraph, Sigma, forceAtlas2 } from "./vendor/graph.js";
import { colour, fill, forces, halo, ink, short, style } from "./draw.js";

const place = document.getElementById("explore");
const canvas = document.getElementById("canvas");
const words = place.dataset;
const language = document.documentElement.lang;
const status = document.getElementById("status");
const table = document.getElementById("table").tBodies[0];
const graph = new MultiDirectedGraph();
const dark = matchMedia("(prefers-color-scheme: dark)");
const ROWS = 500; // of the table
let renderer = null;
let chosen = null;
let over = null;
let layout = 0;
let left = 0;

// --- names and colours ----------------------------------------------------------------------------

function called(thing) {
  const names = thing.names ?? {};
  const order = language === "zh" ? ["zh-hans", "zh", "", "en"] : ["en", "", "zh-hans", "zh"];
  for (const tag of order) if (names[tag]) return names[tag];
  return Object.values(names)[0] ?? thing.short ?? thing.iri;
}

// --- what is shown ----------------------------------------------------------------------------------

/** Positions are the same for the same graph: a node starts on a spiral around the one it came with. */
function add(found, around) {
  const centre = around && graph.hasNode(around) ? graph.getNodeAttributes(around) : { x: 0, y: 0 };
  let number = 0;
  for (const node of found) {
    if (graph.hasNode(node.iri)) continue;
    const angle = 2.399963 * ++number;
    const radius = 3 * Math.sqrt(number);
    graph.addNode(node.iri, {
      label: short(called(node), language === "zh" ? 14 : 24),
      name: called(node),
      kind: node.kind,
      date: node.date,
      color: colour(node.kind),
      size: 5,
      x: centre.x + radius * Math.cos(angle),
      y: centre.y + radius * Math.sin(angle),
    });
  }
}
function join(found) {
  const labels = found.relations.map(called);
  for (const [subject, relation, object] of found.edges) {
    const [from, to] = [found.nodes[subject].iri, found.nodes[object].iri];
    const key = `${from} ${found.relations[relation].iri} ${to}`;
    if (graph.hasEdge(key) || !graph.hasNode(from) || !graph.hasNode(to)) continue;
    graph.addDirectedEdgeWithKey(key, from, to, { label: labels[relation], size: 1 });
  }
}
function resize() {
  const share = graph.order > 2000 ? 0.4 : graph.order > 300 ? 0.6 : 1; // many are drawn small
  graph.updateEachNodeAttributes((node, a) => ({ ...a, size: share * Math.min(16, 4 + Math.sqrt(graph.degree(node)) * 1.4) }), { attributes: ["size"] });
}

function draw() {
  if (!renderer) {
    canvas.hidden = false;
    document.getElementById("tools").hidden = false;
    try {
      renderer = new Sigma(graph, canvas, {
        ...style(),
        labelDensity: 0.6,
        labelGridCellSize: 90,
        labelRenderedSizeThreshold: 6,
        defaultDrawNodeHover: halo(graph),
        nodeReducer: (node, a) => (lit(node) ? { ...a, zIndex: 1 } : { ...a, color: ink("--line"), label: "", zIndex: 0 }),
        edgeReducer: (edge, a) => {
          const near = over ?? chosen;
          if (!near) return graph.order > 40 ? { ...a, label: "" } : a;
          const label = graph.degree(near) > 20 ? "" : a.label; // more would lie upon each other
          return graph.hasExtremity(edge, near) ? { ...a, label, color: ink("--edge"), zIndex: 1 } : { ...a, hidden: graph.order > 400, label: "" };
        },
      });
    } catch {
      canvas.hidden = true; // no WebGL here: the table tells it all
      renderer = null;
      return;
    }
    renderer.on("clickNode", ({ node }) => { choose(node); if (!graph.getNodeAttribute(node, "open")) expand(node); });
    renderer.on("clickStage", () => choose(null));
    renderer.on("enterNode", ({ node }) => { over = node; canvas.classList.add("over"); renderer.refresh({ skipIndexation: true }); });
    renderer.on("leaveNode", () => { over = null; canvas.classList.remove("over"); renderer.refresh({ skipIndexation: true }); });
    dark.addEventListener("change", () => {
      renderer.setSetting("labelColor", { color: ink("--ink") });
      renderer.setSetting("defaultEdgeColor", ink("--line"));
      renderer.refresh();
    });
  }
}
function lit(node) {
  const near = over ?? chosen;
  return !near || node === near || graph.areNeighbors(node, near);
}
/** Runs ForceAtlas2 in short turns, so that the page stays alive; a worker would need a blob.
 *  Many nodes are moved on a copy, and drawn anew only now and then: drawing costs more than moving them. */
function arrange(rounds) {
  const run = ++layout;
  const many = graph.order > 1000;
  const moved = many ? graph.copy() : graph;
  const settings = forces(forceAtlas2, graph);
  let done = 0;
  let each = 1;
  let drawn = performance.now();
  const show = () => {
    if (many) graph.updateEachNodeAttributes((node, a) => (moved.hasNode(node) ? { ...a, x: moved.getNodeAttribute(node, "x"), y: moved.getNodeAttribute(node, "y") } : a), { attributes: ["x", "y"] });
    drawn = performance.now();
  };
  const next = (turn) => (many ? setTimeout(turn, 0) : requestAnimationFrame(turn));
  const step = () => {
    if (run !== layout) return;
    const began = performance.now();
    forceAtlas2.assign(moved, { iterations: each, settings });
    done += each;
    const spent = performance.now() - began;
    each = Math.max(1, Math.min(12, Math.round((each * 10) / Math.max(spent, 0.5)))); // some 10 ms a turn
    place.dataset.rounds = String(done);
    const over = done >= rounds;
    if (over || began - drawn > 3000) show();
    if (!over) next(step);
    else { place.dataset.settled = "1"; tell(); }
  };
  delete place.dataset.settled;
  status.textContent = words.busy;
  next(step);
}

function tell() {
  status.textContent = fill(words.shown, { nodes: graph.order, edges: graph.size }) + (left ? " · " + fill(words.left, { n: left }) : "");
}
function list() {
  const rows = [];
  for (const edge of graph.edgeEntries()) {
    if (rows.length >= ROWS) break;
    const row = document.createElement("tr");
    for (const [text, node] of [[edge.sourceAttributes.name, edge.source], [edge.attributes.label, null], [edge.targetAttributes.name, edge.target]]) {
      const cell = row.insertCell();
      if (node === null) cell.textContent = text;
      else {
        const link = document.createElement("a");
        link.href = "/explore?from=" + encodeURIComponent(node);
        link.dataset.open = node;
        link.lang = "zh";
        link.textContent = text;
        cell.append(link);
      }
    }
    rows.push(row);
  }
  table.replaceChildren(...rows);
}
function choose(node) {
  chosen = node;
  const card = document.getElementById("node");
  card.hidden = !node;
  if (node) {
    const a = graph.getNodeAttributes(node);
    document.getElementById("node-kind").textContent = document.querySelector(`#filters input[value="${a.kind}"]`)?.parentElement.textContent.trim() ?? a.kind;
    document.getElementById("node-name").textContent = a.name;
    document.getElementById("node-date").textContent = a.date;
    document.getElementById("node-page").href = "/entity?iri=" + encodeURIComponent(node);
  }
  renderer?.refresh({ skipIndexation: true });
}

// --- asking for more ----------------------------------------------------------------------------------

function filters() {
  const given = new URLSearchParams();
  const boxes = [...document.querySelectorAll("#filters input[name=kind]")];
  const on = boxes.filter((b) => b.checked);
  if (on.length < boxes.length) for (const box of on) given.append("kind", box.value);
  for (const name of ["region", "since", "until"]) {
    const text = document.querySelector(`#filters input[name=${name}]`).value.trim();
    if (text) given.set(name, text);
  }
  return given;
}
async function ask(path, given) {
  delete place.dataset.settled;
  status.textContent = words.busy;
  const answer = await fetch(`/explore/${path}?${given}`, { headers: { accept: "application/json" } });
  if (!answer.ok) {
    status.textContent = (await answer.text()).split("\n")[0];
    return null;
  }
  return answer.json();
}
async function expand(iri) {
  const given = filters();
  given.set("iri", iri);
  const found = await ask("near", given);
  if (!found) return;
  add(found.nodes.slice(0, 1));
  add(found.nodes.slice(1), iri);
  join(found);
  graph.setNodeAttribute(iri, "open", true);
  left = found.left;
  shown(150);
}
function shown(rounds) {
  renderer?.refresh(); // it must know the new nodes before they change
  resize();
  draw();
  renderer?.setSetting("labelRenderedSizeThreshold", graph.order < 200 ? 0 : 6);
  renderer?.setSetting("labelDensity", graph.order < 200 ? 4 : 0.6);
  list();
  document.getElementById("twin").open = !renderer;
  arrange(rounds);
}
async function open(iri) {
  await expand(iri);
  if (graph.hasNode(iri)) choose(iri);
  const url = new URL(location.href);
  url.searchParams.set("from", iri);
  history.replaceState(null, "", url);
  document.querySelector("#filters input[name=from]").value = iri;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link.dataset.open);
});
document.getElementById("expand").addEventListener("click", () => chosen && expand(chosen));
document.getElementById("remove").addEventListener("click", () => {
  if (!chosen) return;
  graph.dropNode(chosen);
  choose(null);
  list();
  tell();
});
document.getElementById("fit").addEventListener("click", () => renderer?.getCamera().animatedReset());
document.getElementById("clear").addEventListener("click", () => {
  layout++;
  choose(null);
  graph.clear();
  left = 0;
  list();
  tell();
});
document.getElementById("all").addEventListener("click", async () => {
  const found = await ask("all", filters());
  if (!found) return;
  choose(null);
  layout++;
  graph.clear();
  add(found.nodes);
  join(found);
  left = found.left;
  shown(graph.order > 2000 ? 80 : 300);
});
if (innerWidth < 900) document.getElementById("filter").open = false;
place.dataset.ready = "1";
globalThis.kgExplorer = { graph, camera: () => renderer?.getCamera(), at: (node) => renderer?.framedGraphToViewport(renderer.getNodeDisplayData(node)) };
if (words.from) open(words.from);
else status.textContent = "";
