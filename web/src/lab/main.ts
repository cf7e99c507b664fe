/** The lab: files and controls on the left, what comes of them on the right. */

import "../viewer/viewer.css";
import "./lab.css";
import { $, Viewer } from "../viewer/viewer";
import { shortDuration } from "../viewer/texts";
import { TABS, type Tab } from "../viewer/tabs";
import type { Files, Methods, Picture, Problem, Value } from "./contract";
import { Controls } from "./controls";
import { Editor } from "./editor";
import { LessonView } from "./lesson";
import { read, written } from "./permalink";
import { Cancelled, Python } from "./python";

const FIRST = "await-redis";
/** The scenario that is open when the address names nothing. */
const TYPING = 250;
/** Milliseconds without a key before a typed change runs. */
const LONG = 1000;
/** Milliseconds after which a run can be cancelled. */

const ANSWER = 1500;
/** Milliseconds for the server to answer whether there is another version. */

type Change = { files: Files } | { control: string; value: Value };

class Lab {
  private readonly python = new Python((share, text) => this.progress(share, text));
  private readonly viewer = new Viewer(() => this.address());
  private readonly editor = new Editor($("editor"), $("files"), () => this.typed(), (file, line, column) => this.options(file, line, column));
  private readonly controls = new Controls($("controls"), (control, value) => void this.run({ control, value }));
  private readonly lesson = new LessonView($("lesson"), $<HTMLSelectElement>("lessons"), {
    load: (name) => this.python.ask("lesson", { name }),
    open: (files, run) => { document.body.classList.toggle("predicting", !run); void this.open(files, run ? Infinity : 0); },
    reveal: () => { document.body.classList.remove("predicting"); this.viewer.lanes.draw(); },
    files: () => this.editor.files,
    grade: (name, question, typed) => this.python.ask("grade", { name, question, typed }),
    check: (name, task, files, attempt) => this.python.ask("check", { name, task, files, attempt }),
  });
  private next: Change | null = null;
  private busy = false;
  private ready = false;
  private typing = 0;
  private end = 0;

  async start(): Promise<void> {
    if (await outdated((text) => this.progress(0, text))) return location.reload();
    this.listen();
    const saved = await read(location.hash);
    const given = saved ?? (await this.given());
    if (saved) this.wanted = saved.object;
    if (saved && saved.tab in TABS) this.viewer.state.tab = saved.tab as Tab;
    const shown = given ? this.open(given.files, given.t) : this.choose(FIRST);
    const { version, scenarios } = await this.python.ask("gallery", {});
    $("about").title = `podsim ${version}`;
    this.gallery(scenarios);
    // Reading all lessons takes a moment: the first picture comes before it.
    await shown;
    this.lesson.show((await this.python.ask("lessons", {})).lessons);
    await navigator.serviceWorker?.register("./sw.js").catch(() => undefined);
  }

  private wanted = "";

  /** The files that `podsim lab FILE` was started with. */
  private async given(): Promise<{ files: Files; t: number } | null> {
    const response = await fetch("start.json").catch(() => null);
    const files = response?.ok ? ((await response.json()) as Files) : {};
    return Object.keys(files).length ? { files, t: Infinity } : null;
  }

  private gallery(scenarios: Methods["gallery"][1]["scenarios"]): void {
    const list = $<HTMLSelectElement>("gallery");
    for (const group of new Set(scenarios.map((one) => one.group))) {
      const made = Object.assign(document.createElement("optgroup"), { label: group });
      made.append(...scenarios.filter((one) => one.group === group).map((one) => new Option(`${one.name}: ${one.title}`, one.name)));
      list.append(made);
    }
    list.disabled = false;
  }

  private async choose(name: string): Promise<void> {
    const { files } = await this.python.ask("open", { name });
    await this.open(files, Infinity);
  }

  /** Put files on the bench and run them. */
  private open(files: Files, t: number): Promise<void> {
    this.editor.set({});
    this.editor.set(files);
    this.end = 0;
    this.viewer.state.t = t;
    this.viewer.state.object = "";
    return this.run({ files });
  }

  private typed(): void {
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => void this.run({ files: this.editor.files }), TYPING);
  }

  private async options(file: string, line: number, column: number): Promise<Methods["complete"][1]["options"]> {
    if (!this.ready) return [];
    return (await this.python.ask("complete", { files: this.editor.files, file, line, column })).options;
  }

  /** Run a change. While one runs, only the latest of the others waits. */
  private async run(change: Change): Promise<void> {
    this.next = change;
    if (this.busy) return;
    this.busy = true;
    $("view").ariaBusy = "true";
    while (this.next) {
      const now: Change = this.next;
      this.next = null;
      const files = this.editor.files;
      const picture = await this.working(() => ("control" in now ? this.python.ask("turn", { files, ...now }) : this.python.ask("run", { files })));
      if (!picture) break;
      this.show(picture, files);
      // The texts take longer than the picture, and are of no use when the next change waits already.
      await new Promise((done) => setTimeout(done));
      if (this.next || !picture.lanes) continue;
      const texts = await this.working(() => this.python.ask("texts", {}));
      if (texts?.run && !this.next) this.fill(texts.run);
    }
    this.busy = false;
    $("view").ariaBusy = "false";
  }

  /** Await an answer; what takes long can be cancelled. Null: it was, or it failed. */
  private async working<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
    const timer = this.ready ? setTimeout(() => { $("cancel").hidden = false; $("about").textContent = "running…"; }, LONG) : 0;
    try {
      return await ask();
    } catch (error) {
      $("about").textContent = error instanceof Cancelled ? "cancelled" : String(error);
      return null;
    } finally {
      clearTimeout(timer);
      $("cancel").hidden = true;
    }
  }

  private show(picture: Picture, asked: Files): void {
    // What was typed meanwhile runs next, and is not overwritten.
    if (picture.files && same(asked, this.editor.files)) this.editor.set(picture.files);
    this.problems(picture.problems);
    if (picture.controls) this.controls.show(picture.controls);
    if (!picture.lanes || !picture.end) return;
    const last = this.viewer.state.t >= this.end;
    if (last && this.end) this.viewer.state.t = picture.end;
    this.viewer.picture(picture.lanes, picture.end, !this.end);
    this.end = picture.end;
    $("about").textContent = shortDuration(picture.end);
    document.documentElement.dataset["runs"] = String(Number(document.documentElement.dataset["runs"] ?? 0) + 1);
  }

  private fill(run: NonNullable<Methods["texts"][1]["run"]>): void {
    if (this.wanted) { this.viewer.state.object = this.wanted; this.wanted = ""; }
    this.viewer.fill(run);
    $("about").textContent = `Kubernetes ${run.run.kubernetes} · seed ${run.run.seed} · ${shortDuration(run.end)}`;
    document.documentElement.dataset["loaded"] = "yes";
    this.address();
  }

  private problems(problems: Problem[]): void {
    this.editor.report(problems);
    $("problems").replaceChildren(...problems.slice(0, 6).map((one) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${one.file ? `${one.file}:${one.line}: ` : ""}${one.path ? `${one.path}: ` : ""}${one.message}` });
      button.addEventListener("click", () => this.editor.go(one));
      item.append(button);
      return item;
    }));
  }

  private async command(line: string): Promise<void> {
    const files = this.editor.files, { t } = this.viewer.state;
    const answer = await this.working(() => this.python.ask("command", { files, line, t }));
    const output = $("output");
    output.append(`$ podsim ${line}  # at ${shortDuration(t)}\n${answer?.text ?? ""}`);
    output.scrollTop = output.scrollHeight;
    if (!answer?.files) return;
    this.show(answer, files);
    const texts = await this.working(() => this.python.ask("texts", {}));
    if (texts?.run) this.fill(texts.run);
  }

  private timer = 0;

  /** Keep the address up to date, so that it is a link to what is shown. */
  private address(): void {
    $("when").textContent = `at ${shortDuration(Math.round(this.viewer.state.t / 1000) * 1000)}`;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(async () => {
      const { t, tab, object } = this.viewer.state;
      history.replaceState(null, "", await written({ files: this.editor.files, t, tab, object }));
    }, 100);
  }

  private progress(share: number, text: string): void {
    this.ready = share === 1;
    $("loading").hidden = share === 1 || share < 0;
    $<HTMLProgressElement>("progress").value = Math.max(0, share);
    $("about").classList.toggle("warning", share < 0);
    if (text) $("about").textContent = share < 0 ? `The lab could not be loaded: ${text}` : `${text}…`;
    if (this.ready) document.documentElement.dataset["ready"] = "yes";
  }

  private async share(): Promise<void> {
    const { t, tab, object } = this.viewer.state;
    history.replaceState(null, "", await written({ files: this.editor.files, t, tab, object }));
    await navigator.clipboard?.writeText(location.href).then(() => { $("about").textContent = "link copied"; }, () => { $("about").textContent = "the link is in the address bar"; });
  }

  private async export(): Promise<void> {
    const { zip } = await this.python.ask("pack", { files: this.editor.files });
    const link = Object.assign(document.createElement("a"), { href: `data:application/zip;base64,${zip}`, download: "scenario.zip" });
    link.click();
  }

  private async import(chosen: File[]): Promise<void> {
    const [first] = chosen;
    if (!first) return;
    if (!first.name.endsWith(".zip")) return this.open(Object.fromEntries(await Promise.all(chosen.map(async (one) => [one.name, await one.text()] as const))), Infinity);
    const bytes = new Uint8Array(await first.arrayBuffer());
    const { files, problems } = await this.python.ask("unpack", { zip: btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join("")) });
    if (files) void this.open(files, Infinity); else this.problems(problems ?? []);
  }

  private add(): void {
    const files = this.editor.files;
    const name = ["app.yaml", ...Array.from({ length: 99 }, (_, i) => `app-${i + 2}.yaml`)].find((one) => !(one in files))!;
    this.editor.set({ ...files, [name]: "" });
    this.editor.show(name);
  }

  private listen(): void {
    const gallery = $<HTMLSelectElement>("gallery"), chosen = $<HTMLInputElement>("chosen"), line = $<HTMLInputElement>("line");
    const said: string[] = [];
    let back = 0;
    gallery.addEventListener("change", () => { if (gallery.value) { this.lesson.close(); void this.choose(gallery.value); } gallery.blur(); });
    $("cancel").addEventListener("click", () => { this.next = null; this.python.cancel(); });
    $("share").addEventListener("click", () => void this.share());
    $("export").addEventListener("click", () => void this.export());
    $("import").addEventListener("click", () => chosen.click());
    chosen.addEventListener("change", () => { void this.import([...(chosen.files ?? [])]); chosen.value = ""; });
    $("add").addEventListener("click", () => this.add());
    $("command").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!line.value.trim()) return;
      said.push(line.value);
      back = said.length;
      void this.command(line.value);
      line.value = "";
    });
    line.addEventListener("keydown", (event) => {
      const move = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
      if (!move) return;
      event.preventDefault();
      back = Math.max(0, Math.min(said.length, back + move));
      line.value = said[back] ?? "";
    });
    addEventListener("hashchange", async () => {
      const saved = await read(location.hash);
      if (!saved) return;
      this.wanted = saved.object;
      void this.open(saved.files, saved.t);
      this.viewer.state.tab = saved.tab in TABS ? (saved.tab as Tab) : "get";
    });
  }
}

/** Whether the service worker's files were old; it has new ones now. A server that does not answer is no reason to wait. */
async function outdated(onWait: (text: string) => void): Promise<boolean> {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.active) return false;
  await Promise.race([registration.update().catch(() => undefined), new Promise((done) => setTimeout(done, ANSWER))]);
  const coming = registration.installing ?? registration.waiting;
  if (!coming) return false;
  onWait("loading another version");
  await new Promise<void>((done) => coming.addEventListener("statechange", () => { if (coming.state === "activated" || coming.state === "redundant") done(); }));
  return coming.state === "activated";
}

function same(one: Files, other: Files): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

await new Lab().start();
