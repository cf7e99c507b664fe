/** The legend as styles and shapes: each state has a colour of its own in both themes, a height and a pattern. */

import type { LaneData, LegendEntry } from "./run";

export function element<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string | number> = {}, text = ""): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

const sheet = new CSSStyleSheet();

/** Colours as custom properties `--s-NAME`, and classes `s-NAME`. */
export function paint(legend: LegendEntry[]): void {
  const colors = (theme: 0 | 1): string => legend.map((one) => `--s-${one.name}: ${one.colors[theme]};`).join(" ");
  sheet.replaceSync([
    `:root { ${colors(0)} }`,
    `@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { ${colors(1)} } }`,
    `:root[data-theme="dark"] { ${colors(1)} }`,
    ...legend.map((one) => `.s-${one.name} { color: var(--s-${one.name}); }`),
  ].join("\n"));
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
}

const LINES: Partial<Record<LegendEntry["pattern"], string>> = { stripes: "M2 0V5", slashes: "M-1 6L6 -1M-1 1L1 -1M4 6L6 4", backslashes: "M-1 -1L6 6M4 -1L6 1M-1 4L1 6" };

/** The patterns of all states, once in the document. */
export function patterns(legend: LegendEntry[]): SVGDefsElement {
  const defs = element("defs");
  for (const one of legend) {
    const lines = LINES[one.pattern];
    if (!lines) continue;
    const pattern = element("pattern", { id: `p-${one.name}`, class: `s-${one.name}`, width: 5, height: 5, patternUnits: "userSpaceOnUse" });
    pattern.append(element("rect", { width: 5, height: 5, fill: "currentColor" }), element("path", { class: "hatch", d: lines }));
    defs.append(pattern);
  }
  return defs;
}

/** The bar of a state; `top` and `full` are those of a bar of full height. */
export function stateBar(one: LegendEntry, x: number, width: number, top: number, full: number): SVGRectElement {
  const height = Math.max(2, full * one.height), hollow = one.pattern === "hollow";
  const inset = hollow ? 0.75 : 0;
  return element("rect", {
    class: `state s-${one.name}${hollow ? " hollow" : ""}`, x: x + inset, y: top + (full - height) / 2 + inset, rx: 1,
    width: Math.max(1, width - 2 * inset), height: height - 2 * inset, fill: LINES[one.pattern] ? `url(#p-${one.name})` : "currentColor",
  });
}

/** A mark: a cross for a failure, a square for a stop, a dot for an end, strokes for probes, a triangle for an action. */
export function markAt(one: LegendEntry, x: number, middle: number): SVGElement {
  const shapes: Record<string, string> = {
    failed: "M-4 -4L4 4M-4 4L4 -4", stopped: "M-3 -3H3V3H-3Z", done: "M-3 0A3 3 0 1 0 3 0A3 3 0 1 0 -3 0Z", pass: "M0 -3V3", fail: "M-2 -3L2 3M-2 3L2 -3", action: "M-4 -4H4L0 4Z",
  };
  return element("path", { class: `mark ${one.name} s-${one.name}`, d: shapes[one.name] ?? "", transform: `translate(${x} ${middle})` });
}

/** The entries that a run has, each with a sample. */
export function legendList(data: LaneData): HTMLElement[] {
  const number = (name: string): number => data.legend.findIndex((one) => one.name === name);
  const used = new Set<number>(data.actions.length ? [number("action")] : []);
  for (const lane of data.pods.flatMap((pod) => pod.containers)) {
    for (const [, , entry] of lane.states) used.add(entry);
    for (const [, entry] of lane.marks) used.add(entry);
    for (const ticks of Object.values(lane.probes)) for (const [, passed] of ticks) used.add(number(passed ? "pass" : "fail"));
  }
  return data.legend.flatMap((one, i) => {
    if (!used.has(i)) return [];
    const item = document.createElement("li"), sample = element("svg", { width: 16, height: 12, "aria-hidden": "true" });
    sample.append(one.height ? stateBar(one, 0, 16, 0, 11) : markAt(one, 8, 6));
    item.append(sample, one.meaning);
    return [item];
  });
}
