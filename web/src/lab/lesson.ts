/** A lesson beside the bench: read, predict, see the run, read why, change files until the check passes. */

import type { Check, Files, Grade, Lesson, Listed, Task } from "./contract";
import { html } from "./markdown";
import { done, remember } from "./progress";
import { escape } from "../viewer/texts";

export interface Actions {
  load(name: string): Promise<Lesson>;
  /** Put files on the bench; `run` false: their run stays hidden. */
  open(files: Files, run: boolean): void;
  /** Show the run of the files on the bench. */
  reveal(): void;
  files(): Files;
  grade(lesson: string, question: string, typed: string): Promise<Grade>;
  check(lesson: string, task: string, files: Files, attempt: number): Promise<Check>;
}

export class LessonView {
  private lesson: Lesson | undefined;
  private task: Task | undefined;
  private listed: Listed[] = [];

  constructor(private readonly place: HTMLElement, private readonly list: HTMLSelectElement, private readonly actions: Actions) {
    list.addEventListener("change", () => { if (list.value) void this.start(list.value); else this.close(); list.blur(); });
    place.addEventListener("click", (event) => this.click(event.target as HTMLElement));
    place.addEventListener("submit", (event) => { event.preventDefault(); void this.predict(event.target as HTMLFormElement); });
  }

  /** Fill the list of lessons; finished ones are marked. */
  show(listed: Listed[]): void {
    this.listed = listed;
    this.list.replaceChildren(new Option("a lesson…", ""), ...listed.map((one) => new Option(`${this.finished(one) ? "✓ " : ""}${one.number}. ${one.title}`, one.name)));
    this.list.value = this.lesson?.name ?? "";
    this.list.disabled = false;
  }

  async start(name: string): Promise<void> {
    this.lesson = await this.actions.load(name);
    this.task = undefined;
    const predicted = this.predicted();
    this.place.hidden = false;
    this.actions.open(this.lesson.files, predicted);
    this.draw();
    this.place.scrollTop = 0;
    this.list.value = name;
  }

  close(): void {
    this.lesson = this.task = undefined;
    this.place.hidden = true;
    this.list.value = "";
    this.actions.reveal();
  }

  private finished(one: Listed): boolean {
    const { tasks } = done(one.name);
    return one.tasks.every((task) => tasks[task]);
  }

  private predicted(): boolean {
    const { questions } = done(this.lesson!.name);
    return this.lesson!.questions.every((one) => one.name in questions);
  }

  private draw(): void {
    const lesson = this.lesson!;
    const progress = done(lesson.name);
    const predicted = this.predicted();
    const tasks = lesson.tasks.map((one) => `<button type="button" data-task="${escape(one.name)}" aria-pressed="${one === this.task}">${progress.tasks[one.name] ? "✓ " : ""}${escape(one.title)}</button>`);
    this.place.innerHTML = `
      <button type="button" data-close aria-label="Close the lesson">×</button>
      <div data-part="before"${this.task ? " hidden" : ""}>${html(lesson.before)}</div>
      <div data-part="questions"${this.task ? " hidden" : ""}>
        <h3>Predict</h3>
        ${predicted ? "<p class='note'>You have predicted already: the first answer counts. Answer again to read why.</p>" : "<p class='note'>Commit to an answer before you see the run.</p>"}
        ${lesson.questions.map((one, i) => question(one, i)).join("")}
      </div>
      <div data-part="after"${predicted && !this.task ? "" : " hidden"}>${html(lesson.after)}</div>
      <div data-part="tasks"${predicted ? "" : " hidden"}><h3>Tasks</h3><p class="choices"><button type="button" data-task="" aria-pressed="${!this.task}">the lesson's run</button>${tasks.join("")}</p><div id="task">${this.task ? taskText(this.task) : ""}</div></div>
      ${predicted ? "" : "<p><button type='button' data-skip>show the run without answering</button></p>"}`;
  }

  private click(target: HTMLElement): void {
    const button = target.closest<HTMLElement>("button");
    if (!button || !this.lesson) return;
    if ("close" in button.dataset) this.close();
    if ("skip" in button.dataset) {
      remember(this.lesson.name, (progress) => { for (const one of this.lesson!.questions) progress.questions[one.name] ??= false; });
      this.draw();
      this.actions.reveal();
    }
    if ("task" in button.dataset) this.choose(this.lesson.tasks.find((one) => one.name === button.dataset["task"]));
    if ("check" in button.dataset) void this.check(button);
    if ("again" in button.dataset && this.task) this.actions.open(this.task.files, true);
  }

  private choose(task: Task | undefined): void {
    this.task = task;
    this.draw();
    this.actions.open((task ?? this.lesson!).files, true);
    this.place.querySelector("[data-part=tasks]")!.scrollIntoView({ block: "nearest" });
  }

  private async predict(form: HTMLFormElement): Promise<void> {
    const lesson = this.lesson!, name = form.dataset["question"]!;
    const typed = String(new FormData(form).get("answer") ?? "");
    if (!typed.trim()) return;
    const place = form.querySelector(".grade")!;
    const grade = await this.actions.grade(lesson.name, name, typed);
    if (grade.problems) { place.innerHTML = `<p class="warning">${escape(grade.problems.map((one) => one.message).join(" "))}</p>`; return; }
    const before = this.predicted();
    remember(lesson.name, (progress) => { progress.questions[name] ??= grade.right ?? false; });
    // The answer stands before the run is shown: it can no longer be changed, only compared.
    place.innerHTML = `<p class="${grade.right ? "right" : "wrong"}">${grade.right ? "✓ right" : `✗ the run shows: ${escape(grade.answer ?? "")}`}</p>${html(grade.because ?? "")}${html(grade.explain ?? "")}${(grade.show ?? []).map((one) => `<p><code>$ ${escape(one)}</code></p>`).join("")}`;
    if (!before) form.querySelectorAll("input, button").forEach((one) => { (one as HTMLInputElement).disabled = true; });
    if (before || !this.predicted()) return;
    this.place.querySelectorAll<HTMLElement>("[data-part=after], [data-part=tasks]").forEach((one) => { one.hidden = false; });
    this.place.querySelector("[data-skip]")?.parentElement?.remove();
    this.actions.reveal();
  }

  private async check(button: HTMLElement): Promise<void> {
    const lesson = this.lesson!, task = this.task!;
    const place = this.place.querySelector("#result")!;
    (button as HTMLButtonElement).disabled = true;
    place.textContent = "checking…";
    const attempt = done(lesson.name).attempts[task.name] ?? 0;
    try {
      const result = await this.actions.check(lesson.name, task.name, this.actions.files(), attempt);
      remember(lesson.name, (progress) => { if (result.passed) progress.tasks[task.name] = true; else progress.attempts[task.name] = attempt + 1; });
      place.innerHTML = checked(result);
      if (result.passed) {
        this.place.querySelector(`[data-task="${CSS.escape(task.name)}"]`)!.textContent = `✓ ${task.title}`;
        this.show(this.listed);
      }
    } finally {
      (button as HTMLButtonElement).disabled = false;
    }
  }
}

function question(one: Lesson["questions"][number], i: number): string {
  const inputs = one.options.length
    ? one.options.map((text) => `<label><input type="radio" name="answer" value="${escape(text)}"> <span>${html(text).replace(/^<p>|<\/p>$/g, "")}</span></label>`).join("")
    : `<label>your answer <input name="answer" autocomplete="off" placeholder="${one.kind === "instant" ? "12s, 1m30s, never" : "a number"}"></label>`;
  return `<form data-question="${escape(one.name)}"><fieldset><legend>${i + 1}. ${html(one.ask).replace(/^<p>|<\/p>$/g, "")}</legend>${inputs}<button>answer</button><div class="grade" aria-live="polite"></div></fieldset></form>`;
}

function taskText(task: Task): string {
  return `<h4>${escape(task.title)}</h4>${html(task.text)}<p class="note">Change ${task.edit.map((one) => `<code>${escape(one)}</code>`).join(", ")}. It must hold:</p>
    <ul>${task.expect.map((one) => `<li>${escape(one)}</li>`).join("")}</ul>
    <p class="choices"><button type="button" data-check>check</button><button type="button" data-again>start again</button></p><div id="result" aria-live="polite"></div>`;
}

function checked(result: Check): string {
  const verdicts = result.verdicts.map((one) => `<li class="${one.holds ? "right" : "wrong"}">${one.holds ? "✓" : "✗"} ${escape(one.text)}${one.holds ? "" : `<br>${escape(one.happened.join("; "))}`}${one.holds || !one.why.length ? "" : `<pre tabindex="0">${escape(one.why.join("\n"))}</pre>`}</li>`);
  const problems = result.problems.map((one) => `<li class="wrong">${escape(one)}</li>`);
  const hint = result.hint ? `<details><summary>hint</summary>${html(result.hint)}</details>` : "";
  return `${result.passed ? "<p class='right'><strong>✓ solved</strong></p>" : ""}<ul class="verdicts">${[...problems, ...verdicts].join("")}</ul>${hint}${html(result.explain)}`;
}
