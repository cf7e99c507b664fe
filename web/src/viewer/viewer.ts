/** The viewer that report and lab share: one run, one instant, one object, one tab. Its markup is viewer.html. */

import { type Frame, Lanes } from "./lanes";
import type { LaneData, Run } from "./run";
import { addressOf, type State, TABS, type Tab, Texts } from "./tabs";
import { parseInstant, SECOND, shortDuration } from "./texts";

const KEYS = [
  ["← →", "one second back, forward"], ["Shift+← →", "previous, next change"], ["Home End", "start, end"], ["space", "play, pause"],
  ["1 … 7", "get, describe, events, logs, story, why, YAML"], ["j k", "next, previous object"], ["↑ ↓ Enter", "in the timeline: choose a lane"],
  ["+ − 0", "zoom in, out, to fit"], ["f", "a row for each workload"], ["/", "filter"],
  ["t", "light or dark"], ["?", "show this list"],
];
const ALL = "all objects";
/** The width of the slider's thumb, whose middle is at the time; as in viewer.css. */
const THUMB = 16;

export function $<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

export function switchTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset["theme"] = dark === "dark" ? "light" : "dark";
}

/** A key pressed here is text, not a command. */
function typing(target: HTMLElement): boolean {
  return target.matches("input:not(#slider), select, textarea") || target.isContentEditable;
}

export class Viewer {
  readonly state: State = { t: 0, tab: "get", object: "", kind: "Pod" };
  readonly lanes = new Lanes($("lanes"), (t) => this.go(t), (object) => this.choose(object), (frame) => this.align(frame));
  private texts: Texts | undefined;
  private end = SECOND;
  private start = 0;
  private playing = false;
  private waiting = false;
  private timer = 0;

  /** `onState` is called with an address for each state; `visit`: the user followed a link there. */
  constructor(private readonly onState: (address: string, visit: boolean) => void = () => {}) {
    this.buildTabs();
    document.querySelector("#keys dl")!.innerHTML = KEYS.map(([keys, what]) => `<dt>${keys}</dt><dd>${what}</dd>`).join("");
    this.listen();
  }

  /** Draw the timeline of a run whose texts follow. */
  picture(lanes: LaneData, end: number, refit = true): void {
    this.end = end;
    this.state.t = Math.min(this.state.t, end);
    this.lanes.show(lanes, end, refit);
    $("legend").replaceChildren(...this.lanes.legend);
    this.seek();
  }

  /** Show the texts of a run. */
  fill(run: Run): void {
    this.texts = new Texts(run);
    this.start = run.start;
    const known = [...this.texts.objects.entries()];
    $<HTMLSelectElement>("object").replaceChildren(new Option(ALL, ""), ...known.map(([name, one]) => new Option(`${one.kind.singular}/${one.name}`, name)));
    if (!this.texts.objects.has(this.state.object)) this.state.object = "";
    this.lanes.choose(this.state.object);
    this.render();
  }

  /** Take over what an address says. */
  read(address: string): void {
    const given = new URLSearchParams(address.slice(1));
    const t = parseInstant(given.get("t") ?? "");
    if (t !== null) this.state.t = Math.min(this.end, t);
    const tab = given.get("show") ?? "", object = given.get("on") ?? "", kind = given.get("kind") ?? "";
    if (tab in TABS) this.state.tab = tab as Tab;
    this.state.object = this.texts?.objects.has(object) ? object : "";
    this.state.kind = kind === "all" || this.texts?.run.kinds.some((one) => one.kind === kind) ? kind : "Pod";
    this.lanes.choose(this.state.object);
    this.go(this.state.t);
  }

  /** The slider has the columns of the lanes. */
  private align(frame: Frame): void {
    const slider = $<HTMLInputElement>("slider");
    slider.min = String(Math.round(frame.from));
    slider.max = String(Math.round(frame.to));
    slider.style.marginLeft = `${frame.left - THUMB / 2}px`;
    slider.style.width = `${frame.width + THUMB}px`;
    slider.value = String(this.state.t);
    $("fold").setAttribute("aria-pressed", String(this.lanes.folded));
  }

  /** Show the time where it is drawn. */
  private seek(): void {
    const slider = $<HTMLInputElement>("slider"), caption = $("caption"), text = this.lanes.caption(this.state.t);
    slider.value = String(this.state.t);
    slider.setAttribute("aria-valuetext", shortDuration(this.state.t));
    caption.setAttribute("aria-live", this.playing ? "off" : "polite");
    if (caption.textContent !== text) caption.textContent = text;
    this.lanes.seek(this.state.t);
  }

  render(): void {
    const { state } = this;
    if (document.activeElement !== $("instant")) $<HTMLInputElement>("instant").value = shortDuration(state.t);
    $("wall").textContent = `${new Date((this.start + state.t) / 1000).toISOString().replace("T", " ").slice(0, 19)} UTC`;
    for (const tab of document.querySelectorAll<HTMLElement>('#panel [role="tab"]')) {
      tab.setAttribute("aria-selected", String(tab.dataset["tab"] === state.tab));
      tab.tabIndex = tab.dataset["tab"] === state.tab ? 0 : -1;
    }
    if (document.activeElement?.id !== "kind") this.write();
    $<HTMLSelectElement>("object").value = state.object;
    this.seek();
  }

  /** The text of the tab. A manifest is shown where the root cause is. */
  private write(): void {
    const place = $("text"), before = place.querySelector(".cause")?.textContent;
    place.innerHTML = this.texts?.write(this.state) ?? "";
    const cause = place.querySelector(".cause");
    if (cause && cause.textContent !== before) place.scrollTop += cause.getBoundingClientRect().top - place.getBoundingClientRect().top - place.clientHeight / 2;
  }

  go(t: number): void {
    this.state.t = Math.max(0, Math.min(this.end, Math.round(t)));
    this.lanes.reveal(this.state.t);
    this.refresh();
  }

  choose(object: string, tab: Tab = this.state.tab === "get" ? "story" : this.state.tab): void {
    Object.assign(this.state, { object, tab });
    this.lanes.choose(object, true);
    this.refresh();
  }

  private show(tab: Tab): void { this.state.tab = tab; this.refresh(); }

  private refresh(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.render(); });
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.onState(addressOf(this.state), false), 150);
  }

  private change(direction: number): void {
    const changes = this.texts?.run.changes ?? [];
    const next = direction > 0 ? changes.find((t) => t > this.state.t) : changes.findLast((t) => t < this.state.t);
    this.go(next ?? (direction > 0 ? this.end : 0));
  }

  private step(direction: number): void {
    const present = this.texts?.present(this.state) ?? [];
    const next = present[(present.indexOf(this.state.object) + direction + present.length) % present.length];
    if (next) this.choose(next, this.state.tab === "get" ? "describe" : this.state.tab);
  }

  private play(): void {
    this.playing = !this.playing;
    $("play").setAttribute("aria-pressed", String(this.playing));
    $("play").textContent = this.playing ? "❚❚ pause" : "▶ play";
    if (!this.playing) return;
    if (this.state.t >= this.end) this.state.t = 0;
    let before = performance.now();
    const frame = (now: number): void => {
      if (!this.playing) return;
      this.go(this.state.t + (now - before) * 1000 * Number($<HTMLSelectElement>("speed").value));
      before = now;
      if (this.state.t >= this.end) this.play(); else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  private buildTabs(): void {
    const list = document.querySelector<HTMLElement>('#panel [role="tablist"]')!;
    for (const [tab, name] of Object.entries(TABS)) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", "text");
      button.dataset["tab"] = tab;
      button.addEventListener("click", () => this.show(tab as Tab));
      list.append(button);
    }
    list.addEventListener("keydown", (event) => this.tabKeys(event));
  }

  private tabKeys(event: KeyboardEvent): void {
    const tabs = Object.keys(TABS) as Tab[];
    const move = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!move) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(this.state.tab) + move + tabs.length) % tabs.length]!;
    this.show(next);
    document.querySelector<HTMLElement>(`[data-tab="${next}"]`)!.focus();
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (typing(target)) { if (event.key === "Escape") target.blur(); return; }
    const actions: Record<string, () => void> = {
      ArrowLeft: () => (event.shiftKey ? this.change(-1) : this.go(this.state.t - SECOND)),
      ArrowRight: () => (event.shiftKey ? this.change(1) : this.go(this.state.t + SECOND)),
      Home: () => this.go(0), End: () => this.go(this.end), j: () => this.step(1), k: () => this.step(-1), t: switchTheme, f: () => this.lanes.fold(),
      "?": () => $<HTMLDialogElement>("keys").showModal(), "/": () => $("filter").focus(),
      "+": () => this.lanes.zoom(0.5, this.state.t), "=": () => this.lanes.zoom(0.5, this.state.t), "-": () => this.lanes.zoom(2, this.state.t), 0: () => this.lanes.fit(),
    };
    (Object.keys(TABS) as Tab[]).forEach((tab, i) => { actions[i + 1] = () => this.show(tab); });
    if (!target.matches("button, a")) actions[" "] = () => this.play();
    const action = actions[event.key];
    if (!action || (target.matches('[role="tab"]') && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    action();
  }

  private listen(): void {
    const slider = $<HTMLInputElement>("slider"), instant = $<HTMLInputElement>("instant"), object = $<HTMLSelectElement>("object"), filter = $<HTMLInputElement>("filter");
    slider.addEventListener("input", () => this.go(Number(slider.value)));
    instant.addEventListener("change", () => { const t = parseInstant(instant.value); if (t !== null) this.go(t); instant.blur(); this.render(); });
    object.addEventListener("change", () => { object.blur(); this.choose(object.value); });
    filter.addEventListener("input", () => { this.lanes.filter = filter.value.trim(); this.lanes.draw(); });
    $("text").addEventListener("change", (event) => {
      const kind = event.target as HTMLSelectElement;
      if (kind.id === "kind") { this.state.kind = kind.value; kind.blur(); this.refresh(); }
    });
    $("text").addEventListener("click", (event) => {
      const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[href^="#"]');
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.read(link.hash);
      this.onState(link.hash, true);
    });
    const clicks: Record<string, () => void> = {
      first: () => this.go(0), last: () => this.go(this.end), before: () => this.change(-1), after: () => this.change(1), play: () => this.play(), theme: switchTheme,
      in: () => this.lanes.zoom(0.5, this.state.t), out: () => this.lanes.zoom(2, this.state.t), fit: () => this.lanes.fit(), fold: () => this.lanes.fold(), help: () => $<HTMLDialogElement>("keys").showModal(),
    };
    for (const [id, action] of Object.entries(clicks)) $(id).addEventListener("click", action);
    addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.lanes.draw()).observe($("lanes"));
  }
}
