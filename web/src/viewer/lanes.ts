/** The timeline as SVG: a lane for each container or workload, Services below; drawn again when the window or the zoom changes. */

import { element, legendList, markAt, paint, patterns, stateBar } from "./legend";
import type { ContainerLane, LaneData, LegendEntry, Mark, PodLane, ServiceLane, Stretch, WorkloadLane } from "./run";
import { SECOND, shortDuration, valueAt } from "./texts";

/** Rows are as high as a finger needs (WCAG 2.5.8). */
const ROW = 24, BAR = 13, HEAD = 24, AXIS = 24, PADDING = 14;
const MOST_LABELS = 196;
/** A run with more containers than this has a row for each workload. */
const MOST_LANES = 40;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400].map((s) => s * SECOND);

/** Names differ at their ends: long ones lose their middle. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.ceil(most / 2) - 1)}…${text.slice(-Math.floor(most / 2))}`;
}

function objectOf(button: SVGElement): string { return (button.parentElement as unknown as SVGElement).dataset["object"] ?? ""; }

/** What a drawing shows: from when to when, and the columns of its axis in pixels. */
export interface Frame { from: number; to: number; left: number; width: number }

export class Lanes {
  from = 0;
  to = SECOND;
  filter = "";
  chosen = "";
  folded = false;
  private data: LaneData = { legend: [], settled: 0, caption: [], actions: [], pods: [], workloads: [], services: [] };
  private end = SECOND;
  private t = 0;
  private room = 1;
  private labels = MOST_LABELS;
  private veil: SVGRectElement | undefined;
  private now: SVGLineElement | undefined;

  constructor(
    private readonly place: HTMLElement, private readonly onInstant: (t: number) => void, private readonly onObject: (object: string) => void,
    private readonly onFrame: (frame: Frame) => void = () => {},
  ) {
    place.addEventListener("keydown", (event) => this.key(event));
  }

  /** Draw another run; the zoom stays where it is, except for the first run. */
  show(data: LaneData, end: number, refit = true): void {
    Object.assign(this, { data, end });
    paint(data.legend);
    if (refit) {
      this.from = 0;
      this.to = this.interesting();
      this.folded = data.pods.reduce((sum, pod) => sum + pod.containers.length, 0) > MOST_LANES;
    }
    this.draw();
  }

  get legend(): HTMLElement[] { return legendList(this.data); }

  /** What happens at an instant, in a sentence. */
  caption(t: number): string { return valueAt(this.data.caption, t) ?? this.data.caption[0]?.[1] ?? ""; }

  private x(t: number): number { return this.labels + ((t - this.from) / (this.to - this.from)) * this.room; }

  private instantAt(x: number): number { return this.from + ((x - this.labels) / this.room) * (this.to - this.from); }

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

  fold(): void { this.folded = !this.folded; this.draw(); }

  reveal(t: number): void {
    if (t >= this.from && t <= this.to) return;
    const span = this.to - this.from;
    this.from = Math.max(0, Math.min(this.end - span, t - span / 2));
    this.to = this.from + span;
    this.draw();
  }

  draw(): void {
    const total = Math.max(280, this.place.clientWidth || 600), focus = this.focused();
    this.labels = Math.min(MOST_LABELS, total * 0.4);
    this.room = total - this.labels - PADDING;
    const svg = element("svg", { width: total, role: "group", "aria-label": "Timeline of containers" });
    let y = AXIS;
    for (const [pod, workload] of this.shown()) y = workload ? this.workload(svg, workload, y) : this.pod(svg, pod!, y);
    for (const service of this.data.services) y = this.service(svg, service, y);
    svg.setAttribute("height", String(y + 8));
    svg.prepend(patterns(this.data.legend), ...this.axis(y));
    this.veil = element("rect", { class: "later", y: AXIS, height: Math.max(0, y - AXIS) });
    this.now = element("line", { class: "now", y1: 0, y2: y });
    svg.append(this.veil, this.now);
    svg.addEventListener("click", (event) => {
      const x = event.clientX - svg.getBoundingClientRect().left;
      if (x > this.labels) this.onInstant(this.instantAt(x));
    });
    this.place.replaceChildren(svg);
    this.onFrame({ from: this.from, to: this.to, left: this.labels, width: this.room });
    this.seek(this.t);
    this.mark();
    if (focus) this.buttons().find((one) => one.dataset["lane"] === focus)?.focus();
  }

  /** What has rows: pods, or workloads and below the chosen one its pods. */
  private shown(): [pod: PodLane | null, workload: WorkloadLane | null][] {
    const match = (...names: string[]): boolean => names.some((name) => name.includes(this.filter));
    const named = (pod: PodLane): string => `Pod/${pod.namespace}/${pod.name}`;
    if (!this.folded) return this.data.pods.filter((pod) => match(pod.name, pod.workload)).map((pod) => [pod, null]);
    return this.data.workloads.filter((one) => match(one.label, ...one.pods)).flatMap((one) => {
      const namespace = one.object.split("/")[1], names = new Set(one.pods);
      const pods = this.data.pods.filter((pod) => pod.namespace === namespace && names.has(pod.name));
      const open = one.object === this.chosen || pods.some((pod) => named(pod) === this.chosen);
      return [[null, one], ...(open ? pods.map((pod) => [pod, null]) : [])] as [PodLane | null, WorkloadLane | null][];
    });
  }

  private axis(bottom: number): SVGElement[] {
    const made: SVGElement[] = [];
    const step = STEPS.find((one) => (one / (this.to - this.from)) * this.room >= 58) ?? STEPS.at(-1)!;
    for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) {
      made.push(element("line", { class: "grid", x1: this.x(t), x2: this.x(t), y1: AXIS - 6, y2: bottom }));
      const room = this.labels + this.room + PADDING - this.x(t), text = shortDuration(t);
      made.push(element("text", { class: "dim", x: this.x(t) + Math.min(0, room - text.length * 4), y: 13, "text-anchor": "middle" }, text));
    }
    const action = this.data.legend.find((one) => one.name === "action");
    for (const t of this.data.actions) {
      if (!action || t < this.from || t > this.to) continue;
      const mark = markAt(action, this.x(t), AXIS - 2);
      mark.append(element("title", {}, `user action at ${shortDuration(t)}`));
      made.push(mark);
    }
    return made;
  }

  /** A row: a button with its label, and a place for its bars. */
  private lane(svg: SVGElement, y: number, height: number, object: string, label: string, classes: string, title: string): SVGElement {
    const group = element("g", { "data-object": object });
    const shown = shortened(label, Math.floor((this.labels - 12) / 6.8));
    const button = element("g", { role: "button", tabindex: -1, "data-lane": `${object} ${title}`, "aria-label": shown === title ? title : `${shown}: ${title}` });
    button.append(
      element("rect", { class: "lane", x: 0, y, width: this.labels + this.room + PADDING, height }),
      element("text", { x: label.startsWith(" ") ? 16 : 8, y: y + height / 2 + 4, class: classes }, shown.trim()),
    );
    group.append(button);
    group.addEventListener("click", () => this.onObject(object));
    svg.append(group);
    return group;
  }

  /** The part of an interval that is in view, in pixels. */
  private span(begin: number, end: number): [x: number, width: number] | null {
    if (end < this.from || begin > this.to) return null;
    const x = Math.max(this.labels, this.x(begin));
    return [x, Math.max(1.5, Math.min(this.labels + this.room, this.x(end)) - x)];
  }

  private states(group: SVGElement, states: Stretch[], marks: Mark[], top: number, label: string, exits: number[] = []): void {
    for (const [begin, end, entry] of states) {
      const span = this.span(begin, end), one = this.data.legend[entry]!;
      if (!span) continue;
      const bar = stateBar(one, ...span, top, BAR);
      bar.append(element("title", {}, `${label}: ${one.meaning}\n${shortDuration(begin)} to ${end >= this.end ? "the end" : shortDuration(end)}`));
      group.append(bar);
    }
    marks.forEach(([t, entry], i) => {
      if (t < this.from || t > this.to) return;
      const one: LegendEntry = this.data.legend[entry]!, mark = markAt(one, this.x(t), top + BAR / 2);
      mark.append(element("title", {}, `${label}: ${one.meaning}${exits[i] === undefined ? "" : `, exit code ${exits[i]}`} at ${shortDuration(t)}`));
      group.append(mark);
    });
  }

  private workload(svg: SVGElement, workload: WorkloadLane, y: number): number {
    const group = this.lane(svg, y, ROW, workload.object, workload.label, "head", workload.label);
    this.states(group, workload.states, workload.marks, y + (ROW - BAR) / 2, workload.label);
    return y + ROW + 2;
  }

  private pod(svg: SVGElement, pod: PodLane, top: number): number {
    const object = `Pod/${pod.namespace}/${pod.name}`;
    const head = this.lane(svg, top, HEAD, object, pod.name, "head", `pod ${pod.name}${pod.node ? ` on ${pod.node}` : ""}`);
    const birth = this.x(pod.life[0]);
    if (birth >= this.labels) head.append(element("line", { class: "grid", x1: birth, x2: birth, y1: top + 4, y2: top + HEAD }));
    let y = top + HEAD;
    for (const one of pod.containers) y = this.container(svg, object, one, y);
    return y + 4;
  }

  private container(svg: SVGElement, object: string, lane: ContainerLane, y: number): number {
    const group = this.lane(svg, y, ROW, object, `  ${lane.init ? "▸ " : ""}${lane.name}`, "dim", `container ${lane.name}${lane.init ? " (init)" : ""}`);
    this.states(group, lane.states, lane.marks, y + (ROW - BAR) / 2, lane.name, lane.exits);
    for (const [kind, ticks] of Object.entries(lane.probes)) {
      for (const [t, passed] of ticks) {
        const one = this.data.legend.find((entry) => entry.name === (passed ? "pass" : "fail"));
        if (!one || t < this.from || t > this.to) continue;
        const tick = markAt(one, this.x(t), y + ROW - 2);
        tick.append(element("title", {}, `${kind} probe ${passed ? "passed" : "failed"} at ${shortDuration(t)}`));
        group.append(tick);
      }
    }
    return y + ROW;
  }

  /** Ready endpoints: the number where it changes, and as the height of the bar. */
  private service(svg: SVGElement, service: ServiceLane, y: number): number {
    const group = this.lane(svg, y, ROW, `Service/${service.namespace}/${service.name}`, `svc ${service.name}`, "head", `Service ${service.name}: ready endpoints`);
    const most = Math.max(1, ...service.ready.map(([, count]) => count)), ready = this.data.legend.find((one) => one.name === "ready");
    let free = 0;
    service.ready.forEach(([begin, count], i) => {
      const end = service.ready[i + 1]?.[0] ?? this.end, span = this.span(begin, end);
      if (!span || !ready) return;
      if (count) {
        const height = (BAR * count) / most, bar = element("rect", { class: "state s-ready", x: span[0], y: y + (ROW + BAR) / 2 - height, width: span[1], height, fill: "currentColor" });
        bar.append(element("title", {}, `${count} ready endpoint${count > 1 ? "s" : ""}\n${shortDuration(begin)} to ${shortDuration(end)}`));
        group.append(bar);
      }
      if (span[0] < free || span[1] < 10) return;
      group.append(element("text", { class: `count${count === most ? " on" : ""}`, x: span[0] + 3, y: y + ROW / 2 + 4 }, String(count)));
      free = span[0] + 14;
    });
    return y + ROW + 2;
  }

  seek(t: number): void {
    this.t = t;
    const x = Math.max(this.labels, Math.min(this.labels + this.room, this.x(t)));
    this.now?.setAttribute("x1", String(x));
    this.now?.setAttribute("x2", String(x));
    this.veil?.setAttribute("x", String(x));
    this.veil?.setAttribute("width", String(this.labels + this.room - x));
  }

  choose(object: string, scroll = false): void {
    const before = this.chosen;
    this.chosen = object;
    if (this.folded && before !== object) this.draw();
    const first = this.mark();
    if (scroll) first?.scrollIntoView({ block: "nearest" });
  }

  private buttons(): SVGElement[] { return [...this.place.querySelectorAll<SVGElement>("[data-lane]")]; }

  /** Mark the lanes of the chosen object; the Tab key leads to the first of them. */
  private mark(): SVGElement | null {
    const all = this.buttons(), mine = all.filter((button) => objectOf(button) === this.chosen);
    for (const button of all) {
      button.parentElement!.classList.toggle("chosen", mine.includes(button));
      button.setAttribute("aria-pressed", String(mine.includes(button)));
      button.setAttribute("tabindex", button === (mine[0] ?? all[0]) ? "0" : "-1");
    }
    return mine[0] ?? null;
  }

  private focused(): string { return this.place.contains(document.activeElement) ? (document.activeElement as SVGElement).dataset["lane"] ?? "" : ""; }

  private key(event: KeyboardEvent): void {
    const all = this.buttons(), at = all.indexOf(document.activeElement as unknown as SVGElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (move) all[Math.max(0, Math.min(all.length - 1, at + move))]!.focus();
    else if (event.key === "Enter" || event.key === " ") this.onObject(objectOf(all[at]!));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
