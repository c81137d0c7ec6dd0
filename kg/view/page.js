"use strict";
/* Draws the graph of KG_NODES and KG_EDGES with vis-network, and what surrounds it.
   Text from notices reaches the page only through textContent and fillText. */
(function () {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const stage = $("mynetwork");
  const FONT = '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif';
  const SIZE = 12.5;
  const FEW = 30;   // as many relations are all listed from the start
  const INK = "#17202b", QUIET = "#4c5866", PAPER = "#ffffff";
  const byId = new Map(KG_NODES.map((n) => [n.id, n]));
  const edgeById = new Map(KG_EDGES.map((e) => [e.id, e]));
  const edgesOf = new Map(KG_NODES.map((n) => [n.id, []]));
  KG_EDGES.forEach((e) => { edgesOf.get(e.from).push(e); edgesOf.get(e.to).push(e); });
  const rows = $("table").querySelectorAll("tbody tr");   // row i tells of edge i
  const shapes = {};
  Object.keys(KG_PAGE.shapes).forEach((name) => { shapes[name] = new Path2D(KG_PAGE.shapes[name]); });
  const state = { lang: KG_PAGE.lang, hover: null, pinned: null, hidden: new Set(), narrow: false, boxes: new Map() };

  // --- words ---
  const words = () => KG_WORDS[state.lang];
  const word = (key, values) => Object.entries(values || {}).reduce((s, [k, v]) => s.replace("{" + k + "}", v), words()[key]);
  const label = (n, lang) => n.members ? KG_WORDS[lang || state.lang].aggregate.replace("{n}", n.members.count) : n.names[lang || state.lang];
  const el = (tag, text, attributes) => {
    const made = document.createElement(tag);
    if (text != null) made.textContent = text;
    Object.entries(attributes || {}).forEach(([k, v]) => made.setAttribute(k, v));
    return made;
  };
  const icon = (n) => {
    const svg = document.querySelector("#legend svg").cloneNode(true);
    svg.firstChild.setAttribute("d", KG_PAGE.shapes[n.mark]);
    svg.firstChild.setAttribute("fill", n.tint);
    return svg;
  };

  // --- drawing one node ---
  const lit = (n) => {
    if (state.pinned === null) return true;
    return state.pinned.nodes.has(n.id);
  };
  const strong = (n) => state.hover === n.id || (state.pinned !== null && state.pinned.id === n.id);
  function fitText(ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    let low = 1, high = text.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (ctx.measureText(text.slice(0, middle) + "…").width <= width) low = middle; else high = middle - 1;
    }
    return text.slice(0, low).trimEnd() + "…";
  }
  function boxFont(n) {
    const size = (state.narrow ? 11.5 : 13.5) - (n.mark === "box" ? 0 : 1.5);
    return [size, (n.mark === "box" ? "600 " : "") + size + "px " + FONT];
  }
  function drawBox(ctx, n, x, y) {
    const bold = n.mark === "box", lines = n.lines, [size, font] = boxFont(n);
    ctx.font = font;
    const height = lines.length * (size + 3) + 9, width = n.wide;
    n.hit = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    ctx.beginPath();
    ctx.roundRect(n.hit[0], n.hit[1], width, height, 7);
    const solid = bold && !n.members && lit(n);
    ctx.fillStyle = solid ? n.tint : PAPER;
    ctx.fill();
    ctx.lineWidth = strong(n) ? 3 : 1.5;
    ctx.strokeStyle = strong(n) ? "#f2a33a" : solid ? PAPER : n.tint;
    ctx.stroke();
    ctx.fillStyle = solid ? PAPER : n.tint;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    lines.forEach((line, i) => ctx.fillText(line, x, y + (i - (lines.length - 1) / 2) * (size + 3) + 0.5));
    return { width, height };
  }
  function drawRow(ctx, n, x, y) {
    const radius = n.radius;
    ctx.save();
    ctx.translate(x, y);
    ctx.scale(radius, radius);
    ctx.fillStyle = n.members ? PAPER : n.tint;
    ctx.fill(shapes[n.mark]);
    ctx.lineWidth = (strong(n) ? 2.2 : 1.2) / radius;
    ctx.strokeStyle = strong(n) ? "#f2a33a" : n.members ? n.tint : PAPER;
    ctx.stroke(shapes[n.mark]);
    ctx.restore();
    const far = n.side * 11;
    n.hit = [x - radius - 2, y - 8, x + radius + 2, y + 8];
    if (network && network.getScale() * SIZE < 5.5 && !strong(n)) return;
    ctx.font = (strong(n) ? "700 " : n.members ? "italic " : "") + SIZE + "px " + FONT;
    ctx.textAlign = n.side < 0 ? "right" : "left";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = PAPER;
    const text = strong(n) ? label(n) : n.short;
    ctx.strokeText(text, x + far, y + 0.5);
    ctx.fillStyle = n.members ? QUIET : INK;
    ctx.fillText(text, x + far, y + 0.5);
    if (n.side < 0) n.hit[0] = x + far - n.wide - 2; else n.hit[2] = x + far + n.wide + 2;
  }
  function renderer({ ctx, id, x, y }) {
    const n = byId.get(id);
    let size = { width: 2 * n.radius, height: 2 * n.radius };
    return {
      drawNode() {
        ctx.globalAlpha = lit(n) ? 1 : 0.22;
        if (!n.side) size = drawBox(ctx, n, x, y) || size; else drawRow(ctx, n, x, y);
        ctx.globalAlpha = 1;
      },
      get nodeDimensions() { return size; },
    };
  }
  KG_NODES.forEach((n) => {
    n.radius = !n.side ? 14 : 4.6 + Math.min(2.4, edgesOf.get(n.id).filter((e) => !e.quiet).length * 0.3);
    n.ctxRenderer = renderer;
    n.row = { x: n.x, y: n.y };
  });

  // --- the network ---
  const restOpacity = Math.max(0.16, Math.min(0.5, 60 / Math.max(1, KG_EDGES.length)));
  function edgeStyle(e) {
    const ends = byId.get(e.from).gone || byId.get(e.to).gone;
    const on = state.pinned !== null ? state.pinned.edges.has(e.id) : state.hover !== null && (e.from === state.hover || e.to === state.hover);
    const opacity = on ? 0.9 : state.pinned !== null ? 0.04 : state.hover !== null ? restOpacity * 0.6 : restOpacity;
    return { id: e.id, hidden: !!(ends || e.quiet), width: (on ? 0.8 : 0) + [1, 1, 1.5, 2.4][e.degree], color: { color: e.tint, highlight: e.tint, hover: e.tint, inherit: false, opacity: opacity } };
  }
  KG_EDGES.forEach((e) => Object.assign(e, edgeStyle(e)));
  const nodes = new vis.DataSet(KG_NODES), edges = new vis.DataSet(KG_EDGES);
  let network = null, lanes = new Map();
  relayout(true);
  network = new vis.Network(stage, { nodes: nodes, edges: edges }, KG_OPTIONS);
  Object.assign(window, { network: network, nodes: nodes, edges: edges });

  function restyle() {
    edges.update(KG_EDGES.map(edgeStyle));
    network.redraw();
  }
  network.on("beforeDrawing", (ctx) => {
    if (network.getScale() * SIZE < 4) return;
    ctx.font = "600 11.5px " + FONT;
    ctx.textBaseline = "alphabetic";
    KG_PAGE.headings.forEach((h) => {
      if (state.hidden.has("kind:" + h.kind)) return;
      ctx.textAlign = h.side < 0 ? "right" : "left";
      ctx.fillStyle = h.tint;
      ctx.fillText(words().kind[h.kind], stretch(h.x) + h.side * 11, h.y);
    });
  });

  // --- positions: lanes are stretched to the shape of the window ---
  function stretch(x) { return lanes.has(x) ? lanes.get(x) : x; }
  function relayout(first) {
    const width = stage.clientWidth || 900, height = stage.clientHeight || 700;
    state.narrow = width < 560;
    const ctx = document.createElement("canvas").getContext("2d");
    const shown = KG_NODES.filter((n) => !n.gone);
    if (!shown.length) return;
    const keys = [-1, 0, 1].map((side) => Array.from(new Set(shown.filter((n) => n.side === side).map((n) => n.row.x))).sort((a, b) => a - b));
    keys[0].reverse();
    const crowded = keys[0].length + keys[2].length > 2;
    const budget = state.narrow ? 104 : crowded ? 176 : 200;
    const wide = new Map();                          // width of each lane's labels
    let top = Infinity, bottom = -Infinity;
    shown.forEach((n) => {
      top = Math.min(top, n.row.y - (n.side ? 14 : 24));
      bottom = Math.max(bottom, n.row.y + (n.side ? 12 : 24));
      if (!n.side) {
        n.lines = n.members ? [words().kind[n.kind], label(n)] : wrap(label(n));
        ctx.font = boxFont(n)[1];
        n.wide = Math.max(...n.lines.map((line) => ctx.measureText(line).width)) + 18;
      } else {
        ctx.font = (n.members ? "italic " : "") + SIZE + "px " + FONT;
        n.short = fitText(ctx, label(n), budget);
        n.wide = ctx.measureText(n.short).width;
      }
      wide.set(n.row.x, Math.max(wide.get(n.row.x) || 0, n.wide));
    });
    ctx.font = "600 11.5px " + FONT;
    KG_PAGE.headings.forEach((h) => {
      if (state.hidden.has("kind:" + h.kind)) return;
      top = Math.min(top, h.y - 14);
      wide.set(h.x, Math.max(wide.get(h.x) || 0, ctx.measureText(words().kind[h.kind]).width));
    });
    const sum = (list, extra) => list.reduce((total, x) => total + wide.get(x) + extra, 0);
    const middle = Math.max(0, sum(keys[1], 22) - 22);
    const fixed = middle + sum(keys[0], 34) + sum(keys[2], 34);
    const sides = (keys[0].length ? 1 : 0) + (keys[2].length ? 1 : 0);
    const free = ((bottom - top) * width / height - fixed) / Math.max(1, sides);
    const gap = Math.max(state.narrow ? 52 : 150, Math.min(520, free));
    lanes = new Map();
    let x = -middle / 2;
    keys[1].forEach((key) => { lanes.set(key, x + wide.get(key) / 2); x += wide.get(key) + 22; });
    const ends = [-middle / 2, middle / 2];
    [[keys[0], -1, 0], [keys[2], 1, 1]].forEach(([list, side, i]) => {
      if (!list.length) return;
      let from = ends[i] + side * gap;
      list.forEach((key) => { lanes.set(key, from); ends[i] = from + side * (wide.get(key) + 16); from = ends[i] + side * 18; });
    });
    const box = { width: ends[1] - ends[0] + 12, height: bottom - top + 10 };
    state.view = { position: { x: (ends[0] + ends[1]) / 2, y: (top + bottom) / 2 }, scale: Math.min(1.6, width / box.width, height / box.height) };
    if (first) { KG_NODES.forEach((n) => { n.x = stretch(n.row.x); n.y = n.row.y; }); return; }
    nodes.update(KG_NODES.map((n) => ({ id: n.id, x: stretch(n.row.x), y: n.row.y, hidden: !!n.gone })));
    whole(false);
  }
  function wrap(text) {
    const most = state.narrow ? 5 : 9, latin = /^[\x00-\u024f]*$/.test(text);
    if (text.length <= (latin ? 3 * most : most)) return [text];
    const lines = [], size = latin ? 2 * most : Math.ceil(text.length / Math.ceil(text.length / most));
    let rest = text;
    while (rest && lines.length < 3) {
      let cut = size;
      if (latin && rest.length > size) cut = Math.max(rest.lastIndexOf(" ", size), 0) || size;
      lines.push(rest.slice(0, cut).trim());
      rest = rest.slice(cut).trim();
    }
    if (rest) lines[2] = lines[2].slice(0, -1) + "…";
    return lines;
  }
  function whole(smooth) { network.moveTo(Object.assign({ animation: smooth ? { duration: 300 } : false }, state.view)); }
  let waiting = 0;
  new ResizeObserver(() => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(() => relayout(false)); }).observe(stage);
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(() => relayout(false));
  whole(false);
  $("fit").addEventListener("click", () => { unpin(); whole(true); });

  // --- what lies under the pointer ---
  function nodeAt(p) {
    let best = null;
    for (const n of KG_NODES) {
      if (n.gone || !n.hit || p.x < n.hit[0] || p.x > n.hit[2] || p.y < n.hit[1] || p.y > n.hit[3]) continue;
      if (best === null || (!n.side && best.side)) best = n;
    }
    return best;
  }
  const at = (n) => ({ x: stretch(n.row.x), y: n.row.y });
  function edgeAt(p, reach) {
    let best = null, least = reach * reach;
    for (const e of KG_EDGES) {
      const s = edgeStyleOf(e);
      if (s.hidden || (state.pinned !== null && !state.pinned.edges.has(e.id))) continue;
      const a = at(byId.get(e.from)), b = at(byId.get(e.to));
      if (p.y < Math.min(a.y, b.y) - reach || p.y > Math.max(a.y, b.y) + reach || p.x < Math.min(a.x, b.x) - reach || p.x > Math.max(a.x, b.x) + reach) continue;
      const bend = (b.x - a.x) * KG_OPTIONS.edges.smooth.roundness;
      for (let i = 1; i < 40; i++) {
        const t = i / 40, u = 1 - t;
        const x = u * u * u * a.x + 3 * u * u * t * (a.x + bend) + 3 * u * t * t * (b.x - bend) + t * t * t * b.x;
        const y = u * u * u * a.y + 3 * u * u * t * a.y + 3 * u * t * t * b.y + t * t * t * b.y;
        const d = (x - p.x) * (x - p.x) + (y - p.y) * (y - p.y);
        if (d < least) { least = d; best = e; }
      }
    }
    return best;
  }
  function edgeStyleOf(e) { return edges.get(e.id); }

  // --- hover ---
  const tip = $("tip");
  let pending = 0;
  stage.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons) { tip.hidden = true; return; }
    const place = { x: event.offsetX, y: event.offsetY };
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => hover(place));
  });
  stage.addEventListener("pointerleave", () => { cancelAnimationFrame(pending); tip.hidden = true; setHover(null); });
  function setHover(id) {
    if (state.hover === id) return;
    state.hover = id;
    if (state.pinned === null) restyle(); else network.redraw();
  }
  function hover(place) {
    const p = network.DOMtoCanvas(place);
    const n = nodeAt(p), e = n ? null : edgeAt(p, 7 / network.getScale());
    setHover(n ? n.id : null);
    stage.classList.toggle("over", !!(n || e));
    if (!n && !e) { tip.hidden = true; return; }
    tip.replaceChildren();
    if (n) tip.append(...nodeTip(n)); else tip.append(...edgeTip(e));
    tip.hidden = false;
    const w = tip.offsetWidth, h = tip.offsetHeight;
    tip.style.left = Math.max(4, Math.min(place.x + 14, stage.clientWidth - w - 4)) + "px";
    tip.style.top = (place.y + 18 + h > stage.clientHeight ? Math.max(4, place.y - h - 12) : place.y + 18) + "px";
  }
  function nodeTip(n) {
    const out = [el("strong", label(n))];
    const other = state.lang === "en" ? n.names.zh : n.names.en;
    if (!n.members && other !== label(n)) out.push(el("div", other, { class: "quiet", lang: state.lang === "en" ? "zh-Hans" : "en" }));
    out.push(el("div", words().kind[n.kind] + (n.notation ? " · " + n.notation : ""), { class: "quiet" }));
    const own = edgesOf.get(n.id);
    out.push(el("div", word("statements", { n: own.reduce((sum, e) => sum + e.count, 0) }), { class: "quiet" }));
    if (own.length === 1) out.push(...passages(own[0], 1));
    return out;
  }
  function edgeTip(e) {
    const head = el("div");
    head.append(el("strong", sentence(e)), degree(e));
    return [head, ...passages(e, 2)];
  }
  const sentence = (e) => [label(byId.get(e.from)), words().predicate[e.predicate] || e.predicate, label(byId.get(e.to))].join(state.lang === "en" ? " " : " ");
  function degree(e) {
    const out = el("span", null, { class: "degree" });
    if (e.degree) out.append(el("i", "●".repeat(e.degree) + "○".repeat(3 - e.degree), { "aria-hidden": "true" }), " " + word("degree_" + e.degree));
    return out;
  }
  function passages(e, most) {
    const [texts, files] = [4, 5].map((i) => Array.from(rows[e.id].cells[i].children, (p) => p.textContent));
    const out = texts.slice(0, most).map((text, i) => {
      const [, file, start, end] = files[i].match(/^(.*) (\d+)–(\d+)$/s);
      const block = el("blockquote", text, { lang: "zh-Hans" });
      block.append(el("cite", file + " · " + word("offsets", { start: start, end: end }), { lang: KG_PAGE.tags[state.lang] }));
      return block;
    });
    const more = e.passages - out.length;
    if (more > 0) out.push(el("div", word("more_quotes", { n: more }), { class: "quiet" }));
    return out;
  }

  // --- pinning ---
  network.on("click", (params) => {
    const p = params.pointer.canvas;
    const n = nodeAt(p), e = n ? null : edgeAt(p, 9 / network.getScale());
    if (n) pin(n.id); else if (e) pinEdge(e.id); else unpin();
  });
  function pin(id) {
    const own = edgesOf.get(id).filter((e) => !byId.get(e.from).gone && !byId.get(e.to).gone);
    const near = new Set([id]);
    own.forEach((e) => { near.add(e.from); near.add(e.to); });
    state.pinned = { id: id, nodes: near, edges: new Set(own.map((e) => e.id)), show: () => nodeDetails(byId.get(id)) };
    shown();
  }
  function pinEdge(id) {
    const e = edgeById.get(id);
    state.pinned = { id: null, nodes: new Set([e.from, e.to]), edges: new Set([id]), show: () => edgeDetails(e) };
    shown();
  }
  function shown() {
    tip.hidden = true;
    details();
    $("side").classList.add("open");
    $("toggle").setAttribute("aria-expanded", "true");
    $("side").scrollTop = 0;
    restyle();
    uncover();
  }
  function uncover() {
    const n = byId.get(state.pinned.id), sheet = $("side").getBoundingClientRect(), frame = stage.getBoundingClientRect();
    if (!n || !state.narrow) return;
    const free = Math.min(frame.bottom, sheet.top) - frame.top, seen = network.canvasToDOM(at(n)).y;
    if (seen < free - 20) return;
    const centre = network.getViewPosition();
    network.moveTo({ position: { x: centre.x, y: centre.y + (seen - free / 2) / network.getScale() }, animation: { duration: 300 } });
  }
  function unpin() {
    if (state.pinned === null) return;
    state.pinned = null;
    $("side").classList.remove("open");
    $("toggle").setAttribute("aria-expanded", "false");
    details();
    restyle();
  }
  function details() {
    const box = $("details");
    if (state.pinned === null) {
      box.replaceChildren(el("p", word("help"), { class: "quiet" }));
      if (KG_EDGES.length <= FEW) box.append(el("h3", word("all")), list(KG_EDGES.filter((e) => e.passages), sentence));
    } else box.replaceChildren(...state.pinned.show());
  }
  function top(...parts) {
    const line = el("div", null, { class: "top" });
    const close = el("button", "✕", { type: "button", "aria-label": word("close") });
    close.addEventListener("click", unpin);
    line.append(...parts, close);
    return line;
  }
  function nodeDetails(n) {
    const out = [top(icon(n), el("h2", label(n)))];
    const facts = [words().kind[n.kind]];
    if (!n.members) facts.push(...["zh", "en"].map((l) => n.names[l]).filter((t, i, all) => t !== label(n) && all.indexOf(t) === i));
    if (n.notation) facts.push(n.notation);
    if (n.date) facts.push(n.date);
    if (n.path && n.path.length) facts.push(word("within") + " " + n.path.map((p) => p[state.lang]).join(" › "));
    out.push(el("p", facts.join(" · "), { class: "quiet" }));
    if (n.curie) { const p = el("p"); p.append(el("code", n.curie)); out.push(p); }
    if (n.members) out.push(el("p", word("members") + n.members.names.map((m) => m[state.lang]).join(state.lang === "en" ? ", " : "、") + (n.members.names.length < n.members.count ? word("members_more", { n: n.members.count }) : ""), { class: "quiet" }));
    const groups = new Map();
    edgesOf.get(n.id).forEach((e) => {
      const key = (e.from === n.id ? ">" : "<") + e.predicate;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(e);
    });
    groups.forEach((own, key) => {
      const name = words().predicate[key.slice(1)] || key.slice(1);
      out.push(el("h3", (key[0] === ">" ? name + " →" : "← " + name) + "  " + own.length));
      out.push(list(own, (e) => label(byId.get(e.from === n.id ? e.to : e.from)), (e) => show(e.from === n.id ? e.to : e.from)));
    });
    return out;
  }
  function list(relations, name, press) {
    const ul = el("ul");
    relations.slice().sort((a, b) => b.degree - a.degree || b.count - a.count).forEach((e) => {
      const li = el("li"), go = el("button", name(e), { type: "button", class: "go" });
      go.addEventListener("click", () => press ? press(e) : pinEdge(e.id));
      li.append(go, degree(e), ...passages(e, 5));
      ul.append(li);
    });
    return ul;
  }
  function edgeDetails(e) {
    const out = [top(el("h2", sentence(e)))];
    const line = el("p", null, { class: "quiet" });
    line.append(word("statements", { n: e.count }), degree(e));
    return out.concat([line], passages(e, 5));
  }
  function show(id) {
    const n = byId.get(id);
    if (n.gone) { state.hidden.delete("kind:" + n.kind); state.hidden.delete("category:" + n.category); applyFilter(); }
    pin(id);
    const p = at(n), low = network.DOMtoCanvas({ x: 30, y: 30 }), high = network.DOMtoCanvas({ x: stage.clientWidth - 30, y: stage.clientHeight - 30 });
    if (p.x < low.x || p.y < low.y || p.x > high.x || p.y > high.y) network.moveTo({ position: p, animation: { duration: 300 } });
  }

  // --- legend as filter ---
  function applyFilter() {
    KG_NODES.forEach((n) => { n.gone = state.hidden.has("kind:" + n.kind) || (n.kind === "hazard" && state.hidden.has("category:" + n.category)); });
    document.querySelectorAll("[data-kind]").forEach((b) => b.setAttribute("aria-pressed", String(!state.hidden.has("kind:" + b.dataset.kind))));
    document.querySelectorAll("[data-category]").forEach((b) => b.setAttribute("aria-pressed", String(!state.hidden.has("category:" + b.dataset.category))));
    relayout(false);
    restyle();
  }
  $("legend").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const key = button.dataset.kind ? "kind:" + button.dataset.kind : "category:" + button.dataset.category;
    if (!state.hidden.delete(key)) state.hidden.add(key);
    applyFilter();
  });
  $("toggle").addEventListener("click", () => {
    const open = $("side").classList.toggle("open");
    $("toggle").setAttribute("aria-expanded", String(open));
  });

  // --- search ---
  const box = $("search"), results = $("results");
  let found = [], active = -1;
  const fold = (s) => s.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const keys = new Map(KG_NODES.map((n) => [n.id, (n.members ? n.members.names : [n.names]).flatMap((m) => Object.values(m)).concat(n.notation || [], n.curie || [], n.also || []).map(fold)]));
  function search() {
    const q = fold(box.value);
    found = !q ? [] : KG_NODES.map((n) => {
      let best = 9;
      keys.get(n.id).forEach((k) => { if (k === q) best = Math.min(best, 0); else if (k.startsWith(q)) best = Math.min(best, 1); else if (k.includes(q)) best = Math.min(best, 2); });
      return [best, n];
    }).filter((f) => f[0] < 9).sort((a, b) => a[0] - b[0] || edgesOf.get(b[1].id).length - edgesOf.get(a[1].id).length).map((f) => f[1]);
    active = found.length ? 0 : -1;
    results.replaceChildren(...found.slice(0, 12).map((n, i) => {
      const li = el("li", null, { role: "option", id: "r" + i, "aria-selected": String(i === 0) });
      const other = state.lang === "en" ? n.names.zh : n.names.en;
      li.append(icon(n), label(n));
      if (!n.members && other !== label(n)) li.append(el("span", other, { class: "quiet" }));
      li.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(i); });
      return li;
    }));
    if (q && !found.length) results.append(el("li", word("found_none"), { class: "quiet" }));
    results.hidden = !q;
    box.setAttribute("aria-expanded", String(!!q));
    $("found").textContent = !q ? "" : found.length ? word("found", { n: found.length }) : word("found_none");
    mark();
  }
  function mark() {
    results.querySelectorAll("[role=option]").forEach((li, i) => li.setAttribute("aria-selected", String(i === active)));
    if (active >= 0) box.setAttribute("aria-activedescendant", "r" + active); else box.removeAttribute("aria-activedescendant");
  }
  function choose(i) { results.hidden = true; box.setAttribute("aria-expanded", "false"); box.blur(); show(found[i].id); }
  box.addEventListener("input", search);
  box.addEventListener("focus", () => { if (box.value) search(); });
  box.addEventListener("blur", () => { results.hidden = true; });
  box.addEventListener("keydown", (event) => {
    const count = Math.min(found.length, 12);
    if (event.key === "ArrowDown" && count) { active = (active + 1) % count; mark(); event.preventDefault(); }
    else if (event.key === "ArrowUp" && count) { active = (active + count - 1) % count; mark(); event.preventDefault(); }
    else if (event.key === "Enter" && active >= 0) { choose(active); event.preventDefault(); }
    else if (event.key === "Escape") { box.value = ""; search(); unpin(); }
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Tab") root.classList.add("keys"); });
  document.addEventListener("pointerdown", () => root.classList.remove("keys"));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && event.target !== box) unpin(); });

  // --- language ---
  function speak(lang) {
    state.lang = lang;
    root.lang = KG_PAGE.tags[lang];
    root.dataset.lang = lang;
    document.querySelectorAll("[data-t]").forEach((e) => { e.textContent = words()[e.dataset.t]; });
    document.querySelectorAll("[data-label]").forEach((e) => e.setAttribute("aria-label", words()[e.dataset.label]));
    document.querySelectorAll("[data-hint]").forEach((e) => e.setAttribute("placeholder", words()[e.dataset.hint]));
    document.querySelectorAll("[data-kind-name]").forEach((e) => { e.textContent = words().kind[e.dataset.kindName]; });
    document.querySelectorAll("[data-category-name]").forEach((e) => { e.textContent = KG_PAGE.categories.find((c) => c.id === e.dataset.categoryName).label[lang]; });
    document.querySelectorAll("[data-note]").forEach((e) => { e.textContent = KG_PAGE.notes[e.dataset.note][lang]; });
    document.querySelectorAll("[data-lang-to]").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.langTo === lang)));
    document.querySelector("[data-title]").textContent = document.title = KG_PAGE.title[lang];
    details();
    relayout(false);
    network.redraw();
  }
  document.querySelectorAll("[data-lang-to]").forEach((b) => b.addEventListener("click", () => speak(b.dataset.langTo)));
  speak(state.lang);
})();
