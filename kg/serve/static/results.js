// Two more ways to see what a query finds, beside YASR's table: a map of cells, and a graph.

import { colour, fill, forces, halo, ink, short, style } from "./draw.js";

const ROWS = 200; // of the map
const COLUMNS = 60;
const NODES = 1500; // of the graph
const LABELS = /(^|#|\/)(label|prefLabel|name|title)$/;

/** The words of the page, by key. */
let words = {};
let prefixes = {};
export function register(Yasr, told, known) {
  words = told;
  prefixes = known;
  Yasr.registerPlugin("cells", Cells);
  Yasr.registerPlugin("drawn", Drawn);
}

/** An IRI by its prefix, any other value as it is. */
function shown(term) {
  if (term.type !== "uri") return term.value;
  const [prefix, iri] = of(term);
  return prefix ? `${prefix}:${decode(term.value.slice(iri.length))}` : term.value;
}
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
/** The longest namespace that an IRI begins with, and its prefix. */
function of(term) {
  let best = ["", ""];
  for (const [prefix, iri] of Object.entries(prefixes)) if (term.value.startsWith(iri) && iri.length > best[1].length) best = [prefix, iri];
  return best;
}
function key(term) {
  return `${term.type} ${term["xml:lang"] ?? ""} ${term.value}`;
}
const number = (term) => (term && term.type !== "uri" && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(term.value) ? Number(term.value) : NaN);

/** What is known of each column: different values, whether they are numbers or IRIs. */
function columns(results) {
  const rows = results.getBindings();
  return results.getVariables().map((name) => {
    const terms = rows.map((row) => row[name]).filter(Boolean);
    const values = new Map(terms.map((term) => [key(term), term]));
    return {
      name,
      values,
      numeric: terms.length > 0 && terms.every((term) => !Number.isNaN(number(term))),
      things: terms.length > 0 && terms.every((term) => term.type === "uri"),
    };
  });
}

function element(tag, options = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), options);
  made.append(...inside);
  return made;
}
function icon(path) {
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(NAMESPACE, "svg");
  drawing.setAttribute("viewBox", "0 0 15 15");
  drawing.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(NAMESPACE, "path");
  shape.setAttribute("d", path);
  drawing.append(shape);
  const holder = element("div", { className: "svgImg" }, drawing);
  return holder;
}
/** A field to choose a column with. */
function field(label, choices, chosen, change) {
  const select = element("select");
  for (const [value, text] of choices) select.append(element("option", { value, textContent: text, selected: value === chosen }));
  select.addEventListener("change", () => change(select.value));
  return element("label", {}, label + " ", select);
}
/** A link to the page of a thing, or plain text. */
function linked(term, text) {
  if (term.type !== "uri") return element("span", { textContent: text });
  return element("a", { href: "/entity?iri=" + encodeURIComponent(term.value), textContent: text });
}

// --- a map of cells -----------------------------------------------------------------------------------

/** Rows by columns, a number in each cell, the darker the more. */
class Cells {
  priority = 4;
  constructor(yasr) {
    this.yasr = yasr;
    this.label = words.cells;
    this.chosen = {};
  }
  canHandleResults() {
    return Boolean(this.yasr.results?.getBindings()?.length && !this.yasr.results.getStatements());
  }
  getIcon() {
    return icon("M1 1h5v5h-5z M9 1h5v5h-5z M1 9h5v5h-5z M9 9h5v5h-5z");
  }
  draw() {
    const known = columns(this.yasr.results);
    const names = new Set(known.map((c) => c.name));
    for (const part of ["rows", "across", "sum"]) if (this.chosen[part] && !names.has(this.chosen[part])) delete this.chosen[part];
    const { rows, across, sum } = { ...guess(known), ...this.chosen };
    const redraw = (part) => (value) => {
      this.chosen[part] = value;
      this.yasr.draw();
    };
    const all = known.map((c) => [c.name, "?" + c.name]);
    const numbers = known.filter((c) => c.numeric).map((c) => [c.name, fill(words.sum, { name: "?" + c.name })]);
    const fields = element("div", { className: "result-fields" });
    fields.append(field(words.rows, all, rows, redraw("rows")), field(words.columns, [["", words.none], ...all], across, redraw("across")), field(words.number, [["", words.count], ...numbers], sum, redraw("sum")));
    this.table = counted(this.yasr.results.getBindings(), rows, across, sum);
    this.yasr.resultsEl.append(fields, drawn(this.table, rows));
  }
  download() {
    if (!this.table) return undefined;
    const cell = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    return {
      getData: () => {
        const { left, top, at } = this.table;
        const lines = [["", ...top.map(([, term]) => (term ? shown(term) : ""))]];
        for (const [row, term] of left) lines.push([shown(term), ...top.map(([column]) => String(at(row, column) ?? ""))]);
        return lines.map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
      },
      contentType: "text/csv",
      filename: "cells.csv",
      title: words.download,
    };
  }
}

/** What a reader would most likely want: few rows by fewer columns, names rather than IRIs. */
function guess(known) {
  const fit = known.filter((c) => !c.numeric && c.values.size > 1);
  const order = (most) => (a, b) => (a.values.size > most) - (b.values.size > most) || a.things - b.things;
  const rows = [...fit].sort(order(ROWS))[0] ?? known[0];
  const others = fit.filter((c) => c !== rows && c.values.size !== rows.values.size && c.values.size <= COLUMNS);
  const across = others.sort(order(COLUMNS))[0];
  const sum = known.find((c) => c.numeric && c !== rows && c !== across);
  return { rows: rows.name, across: across?.name ?? "", sum: sum?.name ?? "" };
}

function counted(bindings, rows, across, sum) {
  const left = new Map();
  const top = new Map();
  const cells = new Map();
  const totals = [new Map(), new Map()];
  let most = 0;
  for (const row of bindings) {
    const one = row[rows];
    const other = across ? row[across] : undefined;
    if (!one || (across && !other)) continue;
    const [a, b] = [key(one), other ? key(other) : ""];
    left.set(a, one);
    top.set(b, other ?? null);
    const value = sum ? number(row[sum]) : 1;
    if (Number.isNaN(value)) continue;
    if (!cells.has(a)) cells.set(a, new Map());
    const total = (cells.get(a).get(b) ?? 0) + value;
    cells.get(a).set(b, total);
    most = Math.max(most, total);
    totals[0].set(a, (totals[0].get(a) ?? 0) + value);
    totals[1].set(b, (totals[1].get(b) ?? 0) + value);
  }
  // The fullest come first; among equals the order of the answer stays.
  const sorted = (map, sums) => [...map].sort(([a], [b]) => (sums.get(b) ?? 0) - (sums.get(a) ?? 0));
  return { left: sorted(left, totals[0]), top: sorted(top, totals[1]), at: (a, b) => cells.get(a)?.get(b), most };
}

function drawn({ left, top, at, most }, corner) {
  const table = element("table", { className: "matrix cells" });
  const head = table.createTHead().insertRow();
  head.append(element("th", { scope: "col", className: "corner", textContent: "?" + corner }));
  const wide = top.slice(0, COLUMNS);
  for (const [, term] of wide) {
    const cell = element("th", { scope: "col" });
    if (term) cell.append(element("div", { className: "up" }, linked(term, shown(term))));
    else cell.textContent = words.number;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const [row, term] of left.slice(0, ROWS)) {
    const line = body.insertRow();
    line.append(element("th", { scope: "row" }, linked(term, shown(term))));
    for (const [column, other] of wide) {
      const value = at(row, column);
      const cell = line.insertCell();
      if (value === undefined) continue;
      cell.textContent = String(Math.round(value * 1000) / 1000);
      cell.title = `${shown(term)}${other ? " · " + shown(other) : ""}: ${cell.textContent}`;
      if (value > 0) cell.className = "v" + (most <= 5 ? Math.ceil(value) : Math.max(1, Math.ceil((5 * value) / most)));
    }
  }
  const scroll = element("div", { className: "scroll", tabIndex: 0 }, table);
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", words.cells);
  const made = element("div", {}, scroll);
  const missing = [Math.max(0, left.length - ROWS), Math.max(0, top.length - COLUMNS)];
  if (missing[0] + missing[1]) made.prepend(element("p", { className: "quiet", textContent: fill(words.cut, { rows: missing[0], columns: missing[1] }) }));
  return made;
}

// --- a graph --------------------------------------------------------------------------------------------

/** Things, and what joins them: triples as they are, rows as a line from one column to another. */
class Drawn {
  priority = 3;
  constructor(yasr) {
    this.yasr = yasr;
    this.label = words.drawn;
    this.chosen = {};
    this.run = 0;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      if (this.renderer) this.yasr.draw();
    });
  }
  canHandleResults() {
    const results = this.yasr.results;
    if (!results) return false;
    if (results.getStatements()?.length) return true;
    return Boolean(results.getBindings()?.length && results.getVariables().length > 1);
  }
  getIcon() {
    return icon("M3 1a2.3 2.3 0 1 1 -.1 0z M12 6a2.3 2.3 0 1 1 -.1 0z M4 10a2.3 2.3 0 1 1 -.1 0z M4.6 3.6l6 3.6 -.6 1 -6 -3.6z M5.6 11.6l5 -2.6 .5 1 -5 2.6z");
  }
  destroy() {
    this.run++;
    this.renderer?.kill();
    this.renderer = undefined;
  }
  async draw() {
    this.destroy();
    const run = this.run;
    const { MultiDirectedGraph, Sigma, forceAtlas2 } = await import("./vendor/graph.js");
    if (run !== this.run) return;
    const results = this.yasr.results;
    const statements = results.getStatements();
    const fields = element("div", { className: "result-fields" });
    const links = statements ? triples(statements) : this.pairs(results, fields);
    const graph = new MultiDirectedGraph();
    const left = grow(graph, links);
    const canvas = element("div", { className: "result-graph" });
    const said = fill(words.shown, { nodes: graph.order, edges: graph.size }) + (left ? " · " + fill(words.left, { n: left }) : "");
    const status = element("p", { className: "quiet", textContent: said });
    const node = element("p", { className: "result-node", textContent: words.click });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", said);
    this.yasr.resultsEl.append(fields, status, canvas, node);
    forceAtlas2.assign(graph, { iterations: graph.order > 400 ? 60 : 200, settings: forces(forceAtlas2, graph) });
    let over = null;
    const lit = (one) => !over || one === over || graph.areNeighbors(one, over);
    try {
      this.renderer = new Sigma(graph, canvas, {
        ...style(),
        defaultEdgeColor: ink("--edge"),
        labelRenderedSizeThreshold: graph.order < 200 ? 0 : 6,
        labelDensity: graph.order < 200 ? 4 : 0.6,
        defaultDrawNodeHover: halo(graph),
        nodeReducer: (one, a) => (lit(one) ? a : { ...a, color: ink("--line"), label: "" }),
        edgeReducer: (edge, a) => {
          if (!over) return graph.size > 40 ? { ...a, label: "" } : a;
          return graph.hasExtremity(edge, over) ? { ...a, color: ink("--ink") } : { ...a, color: ink("--line"), label: "", hidden: graph.order > 400 };
        },
      });
    } catch {
      canvas.textContent = words.nowebgl; // the table tells it all
      return;
    }
    const { renderer } = this;
    const see = (one) => {
      over = one;
      renderer.refresh({ skipIndexation: true });
    };
    renderer.on("enterNode", ({ node: one }) => see(one));
    renderer.on("leaveNode", () => see(null));
    renderer.on("clickNode", ({ node: one }) => {
      const { term, name } = graph.getNodeAttributes(one);
      node.replaceChildren(linked(term, name));
    });
    canvas.dataset.nodes = String(graph.order);
  }
  /** Lines from rows, between two columns that can be chosen. */
  pairs(results, fields) {
    const known = columns(results);
    const names = new Set(known.map((c) => c.name));
    for (const part of ["from", "to", "by"]) if (this.chosen[part] && !names.has(this.chosen[part])) delete this.chosen[part];
    const things = known.filter((c) => c.things);
    const [first, second] = things.length > 1 ? things : [...known].sort((a, b) => a.numeric - b.numeric);
    const triple = ["subject", "predicate", "object"].every((name) => names.has(name));
    const usual = triple ? { from: "subject", to: "object", by: "predicate" } : { from: first.name, to: second.name, by: "" };
    const { from, to, by } = { ...usual, ...this.chosen };
    const redraw = (part) => (value) => {
      this.chosen[part] = value;
      this.yasr.draw();
    };
    const all = known.map((c) => [c.name, "?" + c.name]);
    fields.append(field(words.from, all, from, redraw("from")), field(words.to, all, to, redraw("to")), field(words.by, [["", words.none], ...all], by, redraw("by")));
    const rows = results.getBindings();
    const named = { [from]: names_of(rows, known, from), [to]: names_of(rows, known, to) };
    const name = (column, term) => named[column].get(key(term)) ?? shown(term);
    return rows
      .filter((row) => row[from] && row[to])
      .map((row) => ({ from: { term: row[from], name: name(from, row[from]) }, to: { term: row[to], name: name(to, row[to]) }, label: by && row[by] ? shown(row[by]) : "" }));
  }
}

/** Where each thing of a column goes with one text of another, that text is its name. */
function names_of(rows, known, column) {
  const about = known.find((c) => c.name === column);
  if (!about?.things) return new Map();
  let best = new Map();
  let rank = -1;
  for (const other of known) {
    if (other.things || other.numeric || other.name === column) continue;
    const found = new Map();
    const one = rows.every((row) => {
      if (!row[column] || !row[other.name]) return true;
      const [at, text] = [key(row[column]), row[other.name].value];
      if (found.has(at) && found.get(at) !== text) return false;
      found.set(at, text);
      return true;
    });
    // A text that all share names none of them.
    const value = one && other.values.size > about.values.size / 2 ? (/name|label|title/i.test(other.name) ? 2 : 1) : -1;
    if (value > rank) [best, rank] = [found, value];
  }
  return best;
}

function triples(statements) {
  const term = (node) => ({ type: { NamedNode: "uri", BlankNode: "bnode" }[node.termType] ?? "literal", value: node.value, "xml:lang": node.language || undefined });
  const names = new Map();
  const ranks = new Map();
  const ours = document.documentElement.lang === "zh" ? ["zh-hans", "zh", "", "en"] : ["en", "", "zh-hans", "zh"];
  for (const { subject, predicate, object } of statements) {
    if (!LABELS.test(predicate.value) || object.termType !== "Literal") continue;
    const at = ours.indexOf(object.language.toLowerCase());
    const rank = at < 0 ? ours.length : at;
    if (rank >= (ranks.get(subject.value) ?? Infinity)) continue;
    ranks.set(subject.value, rank);
    names.set(subject.value, object.value);
  }
  const end = (node) => ({ term: term(node), name: names.get(node.value) ?? shown(term(node)) });
  return statements
    .filter(({ subject, predicate, object }) => !(names.has(subject.value) && LABELS.test(predicate.value) && object.termType === "Literal"))
    .map(({ subject, predicate, object }) => ({ from: end(subject), to: end(object), label: shown(term(predicate)) }));
}

/** Fill a graph; returns how many ends had no place. Positions begin on a spiral, so they are always the same. */
function grow(graph, links) {
  let left = new Set();
  const zh = document.documentElement.lang === "zh";
  const node = ({ term, name }) => {
    const at = key(term);
    if (graph.hasNode(at)) return at;
    if (graph.order >= NODES) {
      left.add(at);
      return null;
    }
    const angle = 2.399963 * graph.order;
    const radius = 3 * Math.sqrt(graph.order + 1);
    const kind = term.type === "uri" ? of(term)[0] || "other" : "literal";
    graph.addNode(at, { term, name, label: short(name, zh ? 14 : 24), color: colour(kind), size: 5, x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
    return at;
  };
  for (const { from, to, label } of links) {
    const [a, b] = [node(from), node(to)];
    if (a === null || b === null) continue;
    const at = `${a}\n${label}\n${b}`;
    if (!graph.hasEdge(at)) graph.addDirectedEdgeWithKey(at, a, b, { label, size: 0.6 });
  }
  graph.updateEachNodeAttributes((at, a) => ({ ...a, size: Math.min(14, 4 + Math.sqrt(graph.degree(at)) * 1.4) }), { attributes: ["size"] });
  return left.size;
}
