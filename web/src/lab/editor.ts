/** The YAML editor: one file at a time, with podsim's problems at their lines and completion from its schemas. */

import { autocompletion, closeBrackets, type CompletionContext, type CompletionResult, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Annotation, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Files, Option, Problem } from "./contract";

const FROM_PAGE = Annotation.define<boolean>();
const COLORS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: "tok-key" },
  { tag: [tags.string, tags.special(tags.string), tags.content], class: "tok-text" },
  { tag: [tags.comment, tags.lineComment], class: "tok-comment" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], class: "tok-mark" },
]);

export type Complete = (file: string, line: number, column: number) => Promise<Option[]>;

export class Editor {
  private readonly view: EditorView;
  private readonly states = new Map<string, EditorState>();
  private readonly extensions: Extension;
  private problems: Problem[] = [];
  file = "";

  constructor(place: HTMLElement, private readonly tabs: HTMLElement, private readonly onChange: () => void, private readonly complete: Complete) {
    this.extensions = [
      lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), lintGutter(),
      yaml(), syntaxHighlighting(COLORS), indentUnit.of("  "), EditorState.tabSize.of(2),
      autocompletion({ override: [(context) => this.options(context)], icons: false }),
      keymap.of([...completionKeymap, ...lintKeymap, ...defaultKeymap, ...historyKeymap]),
      EditorView.contentAttributes.of({ "aria-label": "YAML", tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !update.transactions.some((one) => one.annotation(FROM_PAGE))) this.onChange();
      }),
    ];
    this.view = new EditorView({ parent: place });
    tabs.addEventListener("keydown", (event) => this.tabKeys(event));
  }

  /** All files as they are now. */
  get files(): Files {
    this.keep();
    return Object.fromEntries([...this.states].map(([name, state]) => [name, state.doc.toString()]));
  }

  /** Take over files; where a file changes, only its changed part is replaced, so that the cursor stays. */
  set(files: Files): void {
    this.keep();
    for (const name of [...this.states.keys()]) if (!(name in files)) this.states.delete(name);
    for (const [name, text] of Object.entries(files)) {
      const state = this.states.get(name);
      if (!state) this.states.set(name, EditorState.create({ doc: text, extensions: this.extensions }));
      else if (state.doc.toString() !== text) {
        const change = { changes: difference(state.doc.toString(), text), annotations: FROM_PAGE.of(true) };
        if (name === this.file) { this.view.dispatch(change); this.states.set(name, this.view.state); } else this.states.set(name, state.update(change).state);
      }
    }
    if (!this.states.has(this.file)) this.show([...this.states.keys()][0] ?? "");
    this.draw();
  }

  show(file: string): void {
    this.keep();
    this.file = file;
    const state = this.states.get(file);
    if (state) this.view.setState(state);
    this.mark();
    this.draw();
  }

  /** Show problems at their lines; a file with problems has their number at its name. */
  report(problems: Problem[]): void {
    this.problems = problems;
    this.mark();
    this.draw();
  }

  /** Put the cursor at a place. */
  go(problem: Problem): void {
    if (this.states.has(problem.file)) this.show(problem.file);
    const line = this.view.state.doc.line(Math.max(1, Math.min(this.view.state.doc.lines, problem.line)));
    this.view.dispatch({ selection: { anchor: Math.min(line.to, line.from + Math.max(0, problem.column - 1)) }, scrollIntoView: true });
    this.view.focus();
  }

  private keep(): void { if (this.states.has(this.file)) this.states.set(this.file, this.view.state); }

  private mark(): void {
    const { doc } = this.view.state;
    const diagnostics = this.problems.filter((one) => one.file === this.file && one.line > 0).map((one): Diagnostic => {
      // A problem at the end of a file may be behind its last line.
      const line = doc.line(Math.min(one.line, doc.lines));
      const from = Math.min(line.to, line.from + Math.max(0, one.column - 1));
      return { from, to: Math.max(from, line.to), severity: "error", message: (one.path ? `${one.path}: ` : "") + one.message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  private draw(): void {
    this.tabs.replaceChildren(...[...this.states.keys()].map((name) => {
      const wrong = this.problems.filter((one) => one.file === name).length;
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: wrong ? `${name} (${wrong})` : name });
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", String(name === this.file));
      button.tabIndex = name === this.file ? 0 : -1;
      button.classList.toggle("wrong", wrong > 0);
      button.addEventListener("click", () => this.show(name));
      return button;
    }));
  }

  private tabKeys(event: KeyboardEvent): void {
    const names = [...this.states.keys()];
    const move = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    this.show(names[(names.indexOf(this.file) + move + names.length) % names.length]!);
    this.tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  private async options(context: CompletionContext): Promise<CompletionResult | null> {
    const word = context.matchBefore(/[\w./*-]*/);
    const line = context.state.doc.lineAt(context.pos);
    if (!context.explicit && (!word || word.from === word.to)) return null;
    const options = await this.complete(this.file, line.number - 1, (word?.from ?? context.pos) - line.from);
    const key = !line.text.slice(0, (word?.from ?? context.pos) - line.from).includes(":");
    return {
      from: word?.from ?? context.pos,
      options: options.map((one) => ({ label: one.label, detail: one.detail, ...(one.info ? { info: one.info } : {}), ...(key ? { apply: `${one.label}: ` } : {}) })),
      validFor: /^[\w./*-]*$/,
    };
  }
}

/** The part of a text that differs. */
function difference(before: string, after: string): { from: number; to: number; insert: string } {
  let from = 0, same = 0;
  while (from < before.length && before[from] === after[from]) from++;
  while (same < before.length - from && same < after.length - from && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}
