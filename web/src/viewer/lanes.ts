/** The timeline as SVG: a lane for each container, a heading for each pod, Services below; drawn again when the window or the zoom changes. */

import type { ContainerLane, LaneData, PodLane, ServiceLane } from "./run";
import { SECOND, shortDuration } from "./texts";

const ROW = 18, BAR = 11, HEAD = 22, AXIS = 24, LABELS = 196, PADDING = 14;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400].map((s) => s * SECOND);
const NAMES = { pull: "pulls", init: "init", run: "runs", ready: "ready", fail: "failed", off: "down" };

function element<Name extends keyof SVGElementTagNameMap>(name: Name, attributes: Record<string, string | number> = {}, text = ""): SVGElementTagNameMap[Name] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

/** Names differ at their ends: long ones lose their middle. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 12)}…${text.slice(-11)}`;
}

export function legend(): string {
  return Object.entries(NAMES).map(([color, name]) => `<span><i style="background: var(--${color})"></i>${name}</span>`).join("");
}

export class Lanes {
  from = 0;
  to = SECOND;
  filter = "";
  chosen = "";
  private data: LaneData = { settled: 0, pods: [], services: [] };
  private end = SECOND;
  private t = 0;
  private room = 1;
  private veil: SVGRectElement | undefined;
  private now: SVGLineElement | undefined;

  constructor(private readonly place: HTMLElement, private readonly onInstant: (t: number) => void, private readonly onObject: (object: string) => void) {}

  /** Draw another run; the zoom stays where it is, except for the first run. */
  show(data: LaneData, end: number, refit = true): void {
    Object.assign(this, { data, end });
    if (refit) {
      this.from = 0;
      this.to = this.interesting();
    }
    this.draw();
  }

  private x(t: number): number { return LABELS + ((t - this.from) / (this.to - this.from)) * this.room; }

  private instantAt(x: number): number { return this.from + ((x - LABELS) / this.room) * (this.to - this.from); }

  zoom(factor: number, around: number): void {
    const span = Math.max(SECOND, Math.min(this.end, (this.to - this.from) * factor));
    const share = Math.max(0, Math.min(1, (around - this.from) / (this.to - this.from)));
    this.from = Math.max(0, Math.min(this.end - span, around - share * span));
    this.to = this.from + span;
    this.draw();
  }

  /** To begin with: until nothing new happens any more, with some room behind it. */
  private interesting(): number {
    const to = Math.max(10 * SECOND, this.data.settled * 1.25);
    return to < this.end * 0.8 ? to : this.end;
  }

  fit(): void { this.from = 0; this.to = this.end; this.draw(); }

  reveal(t: number): void {
    if (t >= this.from && t <= this.to) return;
    const span = this.to - this.from;
    this.from = Math.max(0, Math.min(this.end - span, t - span / 2));
    this.to = this.from + span;
    this.draw();
  }

  draw(): void {
    const total = Math.max(360, this.place.clientWidth || 600);
    this.room = total - LABELS - PADDING;
    const pods = this.data.pods.filter((pod) => pod.name.includes(this.filter) || pod.workload.includes(this.filter));
    const svg = element("svg", { width: total, role: "group", "aria-label": "Timeline of containers" });
    let y = AXIS;
    for (const pod of pods) y = this.pod(svg, pod, y);
    for (const service of this.data.services) y = this.service(svg, service, y);
    svg.setAttribute("height", String(y + 8));
    svg.prepend(...this.axis(y));
    this.veil = element("rect", { class: "later", y: AXIS, height: Math.max(0, y - AXIS) });
    this.now = element("line", { class: "now", y1: 0, y2: y });
    svg.append(this.veil, this.now);
    svg.addEventListener("click", (event) => {
      const x = event.clientX - svg.getBoundingClientRect().left;
      if (x > LABELS) this.onInstant(this.instantAt(x));
    });
    this.place.replaceChildren(svg);
    this.seek(this.t);
    this.choose(this.chosen);
  }

  private axis(bottom: number): SVGElement[] {
    const made: SVGElement[] = [];
    const step = STEPS.find((one) => (one / (this.to - this.from)) * this.room >= 58) ?? STEPS.at(-1)!;
    for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) {
      made.push(element("line", { class: "grid", x1: this.x(t), x2: this.x(t), y1: AXIS - 6, y2: bottom }));
      made.push(element("text", { class: "dim", x: this.x(t), y: 13, "text-anchor": "middle" }, shortDuration(t)));
    }
    return made;
  }

  private lane(svg: SVGElement, y: number, height: number, object: string, label: string, classes: string, title: string): SVGElement {
    const group = element("g", { role: "button", "data-object": object, "aria-label": title });
    group.append(element("rect", { class: "lane", x: 0, y, width: LABELS + this.room + PADDING, height }));
    const text = element("text", { x: 8, y: y + height / 2 + 4, class: classes }, shortened(label, 27));
    text.append(element("title", {}, title));
    group.append(text);
    group.addEventListener("click", () => this.onObject(object));
    svg.append(group);
    return group;
  }

  private bar(group: SVGElement, begin: number, end: number | null, y: number, height: number, color: string, title: string): void {
    const to = end ?? this.end;
    if (to < this.from || begin > this.to) return;
    const x = Math.max(LABELS, this.x(begin));
    const made = element("rect", { class: color, x, y, width: Math.max(1.5, Math.min(LABELS + this.room, this.x(to)) - x), height, rx: 1.5 });
    made.append(element("title", {}, `${title}\n${shortDuration(begin)} to ${end === null ? "the end" : shortDuration(end)}`));
    group.append(made);
  }

  private pod(svg: SVGElement, pod: PodLane, top: number): number {
    const object = `Pod/${pod.namespace}/${pod.name}`;
    const head = this.lane(svg, top, HEAD, object, pod.name, "head", `pod ${pod.name}${pod.node ? ` on ${pod.node}` : ""}`);
    const birth = this.x(pod.life[0]);
    if (birth >= LABELS) head.append(element("line", { class: "grid", x1: birth, x2: birth, y1: top + 4, y2: top + HEAD }));
    for (const [begin, end] of pod.ready) this.bar(head, begin, end, top + HEAD / 2 - 2.5, 5, "ready", `pod ${pod.name} is Ready`);
    let y = top + HEAD;
    for (const one of pod.containers) y = this.container(svg, object, one, y);
    return y + 4;
  }

  private container(svg: SVGElement, object: string, lane: ContainerLane, y: number): number {
    const group = this.lane(svg, y, ROW, object, `  ${lane.init ? "▸ " : ""}${lane.name}`, "dim", `container ${lane.name}${lane.init ? " (init)" : ""}`);
    const top = y + (ROW - BAR) / 2;
    for (const [begin, end] of lane.pulls) this.bar(group, begin, end, top + 3, BAR - 6, "pull", `${lane.name}: pulls its image`);
    lane.runs.forEach(([begin, end, code], i) => {
      const before = lane.runs[i - 1];
      if (before && before[1] !== null) this.bar(group, before[1], begin, top + 4, BAR - 8, "off", `${lane.name}: down before start ${i + 1}`);
      const ended = code === null ? "" : `, ended with ${code}`;
      this.bar(group, begin, end, top, BAR, lane.init ? "init" : "run", `${lane.name}: start ${i + 1}${ended}`);
      if (code && end !== null) this.bar(group, end, end + (this.to - this.from) / this.room * 3, top - 1, BAR + 2, "fail", `${lane.name}: failed with ${code}`);
    });
    for (const [begin, end] of lane.ready) this.bar(group, begin, end, top, BAR, "ready", `${lane.name}: ready`);
    for (const [kind, ticks] of Object.entries(lane.probes)) {
      for (const [t, passed] of ticks) {
        if (t < this.from || t > this.to) continue;
        const tick = element("line", { class: passed ? "tick" : "tick fail", x1: this.x(t), x2: this.x(t), y1: y + ROW - 3, y2: y + ROW + 1 });
        tick.append(element("title", {}, `${kind} probe ${passed ? "passed" : "failed"} at ${shortDuration(t)}`));
        group.append(tick);
      }
    }
    return y + ROW;
  }

  private service(svg: SVGElement, service: ServiceLane, y: number): number {
    const group = this.lane(svg, y, ROW, `Service/${service.namespace}/${service.name}`, `svc ${service.name}`, "head", `Service ${service.name}: ready endpoints`);
    service.ready.forEach(([begin, count], i) => {
      const end = service.ready[i + 1]?.[0] ?? null;
      if (count) this.bar(group, begin, end, y + 4, BAR, "ready", `${count} ready endpoint${count > 1 ? "s" : ""}`);
    });
    return y + ROW + 2;
  }

  seek(t: number): void {
    this.t = t;
    const x = Math.max(LABELS, Math.min(LABELS + this.room, this.x(t)));
    this.now?.setAttribute("x1", String(x));
    this.now?.setAttribute("x2", String(x));
    this.veil?.setAttribute("x", String(x));
    this.veil?.setAttribute("width", String(LABELS + this.room - x));
  }

  choose(object: string, scroll = false): void {
    this.chosen = object;
    let first: SVGElement | null = null;
    for (const group of this.place.querySelectorAll<SVGElement>("g[data-object]")) {
      const is = group.dataset["object"] === object;
      group.classList.toggle("chosen", is);
      if (is) first ??= group;
    }
    if (scroll) first?.scrollIntoView({ block: "nearest" });
  }
}
