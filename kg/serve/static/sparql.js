// The SPARQL page: YASGUI on this server's endpoint alone. What it completes comes from this store's VoID.

import { Yasgui } from "./vendor/yasgui.js";
import { register } from "./results.js";

const place = document.getElementById("yasgui");
const area = document.getElementById("query");
const prefixes = JSON.parse(place.dataset.prefixes);
const VOID = "http://rdfs.org/ns/void#";
const { Yasqe, Yasr } = Yasgui;
register(Yasr, JSON.parse(place.dataset.words), prefixes);
Yasr.defaults.pluginOrder = ["table", "cells", "drawn", "response"];

// --- YASGUI in the language of the page -------------------------------------------------------------

/** What it says in English, and what is said here: whole texts, and patterns with numbers in them. */
const said = JSON.parse(place.dataset.said);
const patterns = Object.entries(said).filter(([text]) => text.startsWith("^")).map(([text, ours]) => [new RegExp(text), ours]);
const THEIRS = ".CodeMirror-lines, .CodeMirror-hints, .yasr_results td:not(.dt-empty), .yasr_results th, .errorMessage, .result-fields, .result-graph, .result-node";
function translated(text) {
  const plain = text.trim();
  if (!plain) return null;
  if (Object.hasOwn(said, plain)) return said[plain];
  for (const [pattern, ours] of patterns) {
    const found = plain.match(pattern);
    if (found) return ours.replace(/\$(\d)/g, (_, group) => said[found[group]] ?? found[group]);
  }
  return null;
}
function translate(root) {
  if (root.nodeType === Node.TEXT_NODE) {
    if (root.parentElement?.closest(THEIRS)) return;
    const ours = translated(root.data);
    if (ours !== null && ours !== root.data.trim()) root.data = ours;
    return;
  }
  if (root.nodeType !== Node.ELEMENT_NODE || root.closest(THEIRS)) return;
  for (const name of ["title", "aria-label", "placeholder"]) {
    const ours = root.hasAttribute(name) ? translated(root.getAttribute(name)) : null;
    if (ours !== null && ours !== root.getAttribute(name)) root.setAttribute(name, ours);
  }
  for (const child of root.childNodes) translate(child);
}
if (Object.keys(said).length) {
  const watching = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["title", "aria-label", "placeholder"] };
  new MutationObserver((changes) => {
    for (const change of changes) {
      translate(change.target);
      for (const node of change.addedNodes) translate(node);
    }
  }).observe(place, watching);
}

// --- completion ---------------------------------------------------------------------------------------

/** IRIs of the classes and properties that the store has, the commonest first; asked for once. */
let statistics = null;
function used() {
  statistics ??= fetch("/.well-known/void", { headers: { accept: "application/ld+json" } })
    .then((answer) => (answer.ok ? answer.json() : []))
    .then((read) => {
      const nodes = Array.isArray(read) ? read : (read["@graph"] ?? []);
      const list = (what, counted) =>
        nodes
          .filter((node) => node[VOID + what] && node[VOID + counted])
          .map((node) => [node[VOID + what][0]["@id"], Number(node[VOID + counted][0]["@value"])])
          .filter(([iri]) => iri)
          .sort((a, b) => b[1] - a[1])
          .map(([iri]) => iri);
      return { class: list("class", "entities"), property: list("property", "triples") };
    });
  return statistics;
}

const known = Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`).sort();
Yasqe.forkAutocompleter("prefixes", { name: "kg-prefixes", persistenceId: null, get: () => Promise.resolve(known) });
for (const what of ["class", "property"]) {
  Yasqe.forkAutocompleter(what, {
    name: "kg-" + what,
    bulk: true,
    persistenceId: null,
    get: () => used().then((found) => found[what]),
  });
}

const endpoint = location.origin + "/sparql";
const text = area.value.trim() || place.dataset.first;
const yasgui = new Yasgui(place, {
  autofocus: false,
  persistenceId: null,
  populateFromUrl: false,
  copyEndpointOnNewTab: true,
  corsProxy: undefined,
  endpointCatalogueOptions: { getData: () => [{ endpoint }], keys: [], renderItem: () => {} },
  requestConfig: { endpoint, method: "POST", headers: {}, args: [] },
  yasqe: {
    value: text,
    autocompleters: ["variables", "kg-prefixes", "kg-class", "kg-property"],
    createShortLink: undefined,
    persistenceId: null,
    resizeable: false,
    prefixCcApi: undefined,
    collapsePrefixesOnLoad: false,
  },
  yasr: { persistenceId: null, prefixes, defaultPlugin: "table" },
});
const tab = yasgui.getTab() ?? yasgui.addTab(true);
tab.setQuery(text);
tab.setEndpoint(endpoint);

/** The address names the query that stands in the editor, so that it can be passed on. */
function share() {
  const url = new URL(location.pathname, location.origin);
  url.searchParams.set("edit", yasgui.getTab().getQuery());
  return url.href;
}
yasgui.on("query", () => history.replaceState(null, "", share()));
document.getElementById("plain").hidden = true;
const button = document.getElementById("share");
button.hidden = false;
button.addEventListener("click", async () => {
  history.replaceState(null, "", share());
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = button.dataset.done;
  } catch {
    // The address line has it.
  }
});
place.dataset.ready = "1";
