// What the explorer and the results of a query share when they draw a graph.

export function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
export function short(text, length) {
  return text.length > length ? text.slice(0, length - 1) + "…" : text;
}
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

const colours = new Map();
/** The colour of a kind of node, as site.css has it. */
export function colour(kind) {
  if (!colours.has(kind)) {
    const probe = document.createElement("span");
    probe.className = "dot g-" + kind;
    document.body.append(probe);
    colours.set(kind, getComputedStyle(probe).backgroundColor);
    probe.remove();
  }
  return colours.get(kind);
}

/** What is drawn over a node that is pointed at. */
export function halo(graph) {
  return (context, data, settings) => {
    const text = data.label || graph.getNodeAttribute(data.key, "label");
    context.font = `600 ${settings.labelSize}px ${settings.labelFont}`;
    const width = context.measureText(text).width;
    context.fillStyle = ink("--paper");
    context.strokeStyle = ink("--edge");
    context.beginPath();
    context.roundRect(data.x - data.size - 3, data.y - 11, width + 2 * data.size + 16, 22, 11);
    context.fill();
    context.stroke();
    context.fillStyle = data.color;
    context.beginPath();
    context.arc(data.x, data.y, data.size, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = ink("--ink");
    context.fillText(text, data.x + data.size + 5, data.y + settings.labelSize / 3);
  };
}

/** Settings of sigma that follow the page's style. */
export function style() {
  const font = getComputedStyle(document.body).fontFamily;
  return {
    labelFont: font,
    labelSize: 13,
    labelColor: { color: ink("--ink") },
    defaultEdgeColor: ink("--line"),
    edgeLabelColor: { color: ink("--soft") },
    edgeLabelFont: font,
    edgeLabelSize: 11,
    renderEdgeLabels: true,
    hideEdgesOnMove: true,
    zIndex: true,
    minCameraRatio: 0.02,
    maxCameraRatio: 6,
  };
}

/** Settings of ForceAtlas2 for a graph of this size. */
export function forces(forceAtlas2, graph) {
  const few = graph.order < 300;
  return { ...forceAtlas2.inferSettings(graph), barnesHutOptimize: graph.order > 300, adjustSizes: few, linLogMode: !few, gravity: few ? 1 : 0.3, scalingRatio: few ? 8 : 20, slowDown: 1 + Math.log(graph.order + 1) };
}
