/** Sliders and numbers for what manifests and Scenario set. */

import type { Control, Value } from "./contract";

export class Controls {
  private rows = new Map<string, { row: HTMLElement; control: Control; set(control: Control): void }>();

  constructor(private readonly place: HTMLElement, private readonly onTurn: (control: string, value: Value) => void) {}

  /** Show controls. A row that stays keeps its elements, so that a drag is not interrupted. */
  show(controls: Control[]): void {
    const before = this.rows;
    this.rows = new Map(controls.map((control) => {
      const kept = before.get(control.id);
      const row = kept && kept.control.kind === control.kind ? kept : this.row(control);
      row.set(control);
      return [control.id, { ...row, control }];
    }));
    const groups = new Map<string, HTMLElement>();
    for (const { control, row } of this.rows.values()) {
      let group = groups.get(control.group);
      if (!group) {
        group = this.place.querySelector<HTMLElement>(`fieldset[data-group="${CSS.escape(control.group)}"]`) ?? fieldset(control.group);
        groups.set(control.group, group);
      }
      if (row.parentElement !== group) group.append(row);
    }
    for (const row of [...this.place.querySelectorAll(".control")]) if (![...this.rows.values()].some((one) => one.row === row)) row.remove();
    const wanted = [...groups.values()];
    if (wanted.length !== this.place.children.length || wanted.some((one, i) => this.place.children[i] !== one)) this.place.replaceChildren(...wanted);
  }

  private row(control: Control): { row: HTMLElement; control: Control; set(control: Control): void } {
    const row = Object.assign(document.createElement("div"), { className: "control" });
    const label = Object.assign(document.createElement("label"), { textContent: control.label });
    const turn = (value: Value): void => this.onTurn(control.id, value);
    row.dataset["control"] = control.id;
    if (control.kind === "choice") {
      const select = Object.assign(document.createElement("select"), { id: `c ${control.id}` });
      label.htmlFor = select.id;
      select.addEventListener("change", () => turn(select.value));
      row.append(label, select);
      return { row, control, set: (now) => {
        if (document.activeElement === select) return;
        select.replaceChildren(...now.choices.map((one) => new Option(one, one)));
        select.value = String(now.value);
      } };
    }
    const slider = Object.assign(document.createElement("input"), { type: "range", id: `c ${control.id}` });
    const number = Object.assign(document.createElement("input"), { type: "number" });
    number.setAttribute("aria-label", `${control.label}, ${control.kind === "count" ? "number" : "seconds"}`);
    label.htmlFor = slider.id;
    const unit = Object.assign(document.createElement("span"), { className: "unit", textContent: control.kind === "count" ? "" : "s" });
    slider.addEventListener("input", () => { number.value = slider.value; turn(Number(slider.value)); });
    number.addEventListener("change", () => { if (number.value !== "" && number.checkValidity()) { slider.value = number.value; turn(Number(number.value)); } });
    row.append(label, slider, number, unit);
    return { row, control, set: (now) => {
      const low = String(now.low), high = String(Math.max(now.high, Number(slider.max) || 0));
      Object.assign(slider, { min: low, max: high, step: now.kind === "count" || now.value === null || Number.isInteger(Number(now.value)) ? "1" : "0.1" });
      Object.assign(number, { min: low, step: now.kind === "count" ? "1" : "any", placeholder: now.kind === "never" ? "never" : "by size" });
      // What the user is moving right now is ahead of the answer.
      if (document.activeElement !== slider && document.activeElement !== number) slider.value = String(now.value ?? now.low);
      if (document.activeElement !== slider && document.activeElement !== number) number.value = now.value === null || (now.kind === "never" && !now.value) ? "" : String(now.value);
    } };
  }
}

function fieldset(name: string): HTMLElement {
  const made = document.createElement("fieldset");
  made.dataset["group"] = name;
  made.append(Object.assign(document.createElement("legend"), { textContent: name }));
  return made;
}
