// The timeline as SVG: a lane for each container, a heading for each pod, Services below; drawn anew when the window or the zoom changes.

const ROW = 18, BAR = 11, HEAD = 22, AXIS = 24, LABELS = 196, PADDING = 14;
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400].map((s) => s * SECOND);
const NAMES = { pull: "pulls", init: "init", run: "runs", ready: "ready", fail: "failed", off: "down" };

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

// Names end with what tells them apart: long ones lose their middle.
function shortened(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 12)}…${text.slice(-11)}`;
}

export function legend() {
  return Object.entries(NAMES).map(([color, name]) => `<span><i style="background: var(--${color})"></i>${name}</span>`).join("");
}

export class Lanes {
  constructor(place, data, end, onInstant, onObject) {
    Object.assign(this, { place, data, end, onInstant, onObject });
    this.from = 0;
    this.to = this.interesting();
    this.filter = "";
    this.chosen = "";
  }

  x(t) { return LABELS + ((t - this.from) / (this.to - this.from)) * this.room; }

  instantAt(x) { return this.from + ((x - LABELS) / this.room) * (this.to - this.from); }

  zoom(factor, around) {
    const span = Math.max(SECOND, Math.min(this.end, (this.to - this.from) * factor));
    const share = Math.max(0, Math.min(1, (around - this.from) / (this.to - this.from)));
    this.from = Math.max(0, Math.min(this.end - span, around - share * span));
    this.to = this.from + span;
    this.draw();
  }

  // To begin with: until nothing new happens any more, with some room behind it.
  interesting() {
    const to = Math.max(10 * SECOND, this.data.settled * 1.25);
    return to < this.end * 0.8 ? to : this.end;
  }

  fit() { this.from = 0; this.to = this.end; this.draw(); }

  reveal(t) {
    if (t >= this.from && t <= this.to) return;
    const span = this.to - this.from;
    this.from = Math.max(0, Math.min(this.end - span, t - span / 2));
    this.to = this.from + span;
    this.draw();
  }

  draw() {
    const total = Math.max(360, this.place.clientWidth || 600);
    this.room = total - LABELS - PADDING;
    const pods = this.data.pods.filter((pod) => pod.name.includes(this.filter) || pod.workload.includes(this.filter));
    const svg = element("svg", { width: total, role: "group", "aria-label": "Timeline of containers" });
    let y = AXIS;
    for (const pod of pods) y = this.pod(svg, pod, y);
    for (const service of this.data.services) y = this.service(svg, service, y);
    svg.setAttribute("height", y + 8);
    svg.prepend(...this.axis(y));
    this.veil = element("rect", { class: "later", y: AXIS, height: Math.max(0, y - AXIS) });
    this.now = element("line", { class: "now", y1: 0, y2: y });
    svg.append(this.veil, this.now);
    svg.addEventListener("click", (event) => {
      const x = event.clientX - svg.getBoundingClientRect().left;
      if (x > LABELS) this.onInstant(this.instantAt(x));
    });
    this.place.replaceChildren(svg);
    this.seek(this.t || 0);
    this.choose(this.chosen);
  }

  axis(bottom) {
    const made = [];
    const step = STEPS.find((one) => (one / (this.to - this.from)) * this.room >= 58) || STEPS.at(-1);
    for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) {
      made.push(element("line", { class: "grid", x1: this.x(t), x2: this.x(t), y1: AXIS - 6, y2: bottom }));
      made.push(element("text", { class: "dim", x: this.x(t), y: 13, "text-anchor": "middle" }, shortDuration(t)));
    }
    return made;
  }

  lane(svg, y, height, object, label, classes, title) {
    const group = element("g", { role: "button", "data-object": object, "aria-label": title });
    group.append(element("rect", { class: "lane", x: 0, y, width: LABELS + this.room + PADDING, height }));
    const text = element("text", { x: 8, y: y + height / 2 + 4, class: classes }, shortened(label, 27));
    text.append(element("title", {}, title));
    group.append(text);
    group.addEventListener("click", () => this.onObject(object));
    svg.append(group);
    return group;
  }

  bar(group, begin, end, y, height, color, title) {
    const to = end === null ? this.end : end;
    if (to < this.from || begin > this.to) return;
    const x = Math.max(LABELS, this.x(begin));
    const made = element("rect", { class: color, x, y, width: Math.max(1.5, Math.min(LABELS + this.room, this.x(to)) - x), height, rx: 1.5 });
    made.append(element("title", {}, `${title}\n${shortDuration(begin)} to ${end === null ? "the end" : shortDuration(end)}`));
    group.append(made);
  }

  pod(svg, pod, y) {
    const object = `Pod/${pod.namespace}/${pod.name}`;
    const head = this.lane(svg, y, HEAD, object, pod.name, "head", `pod ${pod.name}${pod.node ? ` on ${pod.node}` : ""}`);
    const middle = y + HEAD / 2;
    if (this.x(pod.life[0]) >= LABELS) head.append(element("line", { class: "grid", x1: this.x(pod.life[0]), x2: this.x(pod.life[0]), y1: y + 4, y2: y + HEAD }));
    for (const [begin, end] of pod.ready) this.bar(head, begin, end, middle - 2.5, 5, "ready", `pod ${pod.name} is Ready`);
    y += HEAD;
    for (const one of pod.containers) y = this.container(svg, object, one, y);
    return y + 4;
  }

  container(svg, object, lane, y) {
    const group = this.lane(svg, y, ROW, object, `  ${lane.init ? "▸ " : ""}${lane.name}`, "dim", `container ${lane.name}${lane.init ? " (init)" : ""}`);
    const top = y + (ROW - BAR) / 2;
    for (const [begin, end] of lane.pulls) this.bar(group, begin, end, top + 3, BAR - 6, "pull", `${lane.name}: pulls its image`);
    lane.runs.forEach(([begin, end, code], i) => {
      const before = lane.runs[i - 1];
      if (before && before[1] !== null) this.bar(group, before[1], begin, top + 4, BAR - 8, "off", `${lane.name}: down before start ${i + 1}`);
      const ended = code === null ? "" : `, ended with ${code}`;
      this.bar(group, begin, end, top, BAR, lane.init ? "init" : "run", `${lane.name}: start ${i + 1}${ended}`);
      if (code) this.bar(group, end, end + (this.to - this.from) / this.room * 3, top - 1, BAR + 2, "fail", `${lane.name}: failed with ${code}`);
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

  service(svg, service, y) {
    const group = this.lane(svg, y, ROW, `Service/${service.namespace}/${service.name}`, `svc ${service.name}`, "head", `Service ${service.name}: ready endpoints`);
    service.ready.forEach(([begin, count], i) => {
      const end = i + 1 < service.ready.length ? service.ready[i + 1][0] : null;
      if (count) this.bar(group, begin, end, y + 4, BAR, "ready", `${count} ready endpoint${count > 1 ? "s" : ""}`);
    });
    return y + ROW + 2;
  }

  seek(t) {
    this.t = t;
    if (!this.now) return;
    const x = Math.max(LABELS, Math.min(LABELS + this.room, this.x(t)));
    this.now.setAttribute("x1", x);
    this.now.setAttribute("x2", x);
    this.veil.setAttribute("x", x);
    this.veil.setAttribute("width", LABELS + this.room - x);
  }

  choose(object, scroll = false) {
    this.chosen = object;
    let first = null;
    for (const group of this.place.querySelectorAll("g[data-object]")) {
      const is = group.dataset.object === object;
      group.classList.toggle("chosen", is);
      if (is && !first) first = group;
    }
    if (first && scroll) first.scrollIntoView({ block: "nearest" });
  }
}
