/** The texts of the panel, as HTML: pure functions of a run, an instant, and what is chosen. */

import { type Kind, type KnownObject, type Run, objectsOf } from "./run";
import { align, escape, expanded, shortDuration, table, valueAt } from "./texts";

export const TABS = { get: "Get", describe: "Describe", events: "Events", logs: "Logs", story: "Story" };
export type Tab = keyof typeof TABS;

export interface State {
  t: number;
  tab: Tab;
  /** Its name on the page, or "": all objects. */
  object: string;
  /** The kind that `get` lists, or "all". */
  kind: string;
}

/** What an address says about a state. */
export function addressOf(state: State): string {
  const words = [`t=${shortDuration(Math.round(state.t / 1000) * 1000)}`, `show=${state.tab}`];
  if (state.object) words.push(`on=${encodeURIComponent(state.object)}`);
  if (state.kind !== "Pod") words.push(`kind=${encodeURIComponent(state.kind)}`);
  return `#${words.join("&")}`;
}

export class Texts {
  readonly objects: Map<string, KnownObject>;

  constructor(readonly run: Run) { this.objects = objectsOf(run); }

  /** The text of a tab. */
  write(state: State): string {
    const writers: Record<Tab, (state: State) => string> = {
      get: (s) => this.get(s), describe: (s) => this.describe(s), events: (s) => this.events(s), logs: (s) => this.logs(s), story: (s) => this.story(s),
    };
    return writers[state.tab](state);
  }

  /** The objects that `state.kind` lists now. */
  present(state: State): string[] {
    return [...this.objects.entries()].filter(([, one]) => (state.kind === "all" || one.kind.kind === state.kind) && valueAt(one.rows, state.t) !== null).map(([name]) => name);
  }

  private prompt(words: string, namespace: string, t: number): string {
    const where = namespace && namespace !== this.run.run.namespace ? ` -n ${namespace}` : "";
    return `<span class="prompt">$ podsim ${escape(words)}${escape(where)} --at ${shortDuration(t)}</span>\n`;
  }

  private text(number: number): string { return this.run.texts[number]!.map((line) => this.run.lines[line]).join("\n"); }

  /** The namespaces in which objects of some kinds exist now. */
  private namespacesOf(kinds: Kind[], t: number): string[] {
    return [...new Set(kinds.flatMap((kind) => (kind.namespaced ? kind.objects.filter((one) => valueAt(one.rows, t) !== null).map((one) => one.namespace) : [])))];
  }

  private tableOf(kind: Kind, state: State): string {
    const several = this.namespacesOf([kind], state.t).length > 1;
    const present = kind.objects.flatMap((one) => { const cells = valueAt(one.rows, state.t); return cells ? [{ one, cells }] : []; });
    if (!present.length) return "";
    const rows = present.map(({ one, cells }) => (several ? [one.namespace, ...cells] : cells));
    const [head, ...lines] = table([several ? ["NAMESPACE", ...kind.columns] : kind.columns, ...rows], state.t);
    const links = present.map(({ one }, i) => {
      const object = `${kind.kind}/${one.namespace}/${one.name}`;
      return `<a href="${escape(addressOf({ ...state, object, tab: "describe" }))}" aria-current="${object === state.object}">${escape(lines[i]!)}</a>`;
    });
    return `${escape(head!)}\n${links.join("")}`;
  }

  private get(state: State): string {
    const choices = [...this.run.kinds.map((one) => [one.kind, one.plural]), ["all", "all kinds"]] as [string, string][];
    const options = choices.map(([kind, name]) => `<option value="${escape(kind)}"${kind === state.kind ? " selected" : ""}>${escape(name)}</option>`);
    const kinds = state.kind === "all" ? this.run.kinds : this.run.kinds.filter((one) => one.kind === state.kind);
    const words = state.kind === "all" ? "get all" : `get ${kinds[0] ? kinds[0].plural : "pods"}`;
    const tables = kinds.map((kind) => this.tableOf(kind, state)).filter(Boolean).map((text) => `<pre>${text}</pre>`);
    const places = this.namespacesOf(kinds, state.t);
    const prompt = this.prompt(words + (places.length > 1 ? " -A" : ""), places.length === 1 ? places[0]! : "", state.t);
    return `<p><label>kind <select id="kind">${options.join("")}</select></label></p><pre>${prompt}</pre>${tables.join("") || '<p class="note">No resources found.</p>'}`;
  }

  private describe(state: State): string {
    const one = this.objects.get(state.object);
    if (!one) return '<p class="note">Choose an object: in the list above, in a table, or in the timeline.</p>';
    const number = valueAt(one.describe, state.t);
    const words = this.prompt(`describe ${one.kind.singular} ${one.name}`, one.namespace, state.t);
    if (number === null) return `<pre>${words}Error from server (NotFound): ${escape(one.kind.plural)} "${escape(one.name)}" not found</pre>`;
    return `<pre>${words}${escape(expanded(this.text(number), state.t))}</pre>`;
  }

  private events(state: State): string {
    const one = this.objects.get(state.object);
    const about = one ? `${one.kind.kind}/${one.name}` : "";
    const columns = this.run.events.columns;
    const object = columns.indexOf("OBJECT"), type = columns.indexOf("TYPE");
    const rows = this.run.events.rows
      .flatMap((event) => { const cells = valueAt(event.versions, state.t); return cells ? [cells] : []; })
      .filter((cells) => !about || cells[object + 1] === about)
      .sort((a, b) => a[0] - b[0]);
    const words = this.prompt(one ? `events --for ${one.kind.singular}/${one.name}` : "events -A", one ? one.namespace : "", state.t);
    if (!rows.length) return `<pre>${words}</pre><p class="note">No events.</p>`;
    const [head, ...lines] = table([columns, ...rows.map(([, ...cells]) => cells)], state.t);
    const colored = lines.map((line, i) => (rows[i]![type + 1] === "Warning" ? `<span class="warning">${escape(line)}</span>` : escape(line)));
    return `<pre>${words}${escape(head!)}\n${colored.join("\n")}</pre>`;
  }

  private logs(state: State): string {
    const one = this.objects.get(state.object);
    const pod = one?.kind.kind === "Pod" ? one : null;
    const lines = this.run.logs.filter(([t, namespace, name]) => t <= state.t && (!one || (pod && namespace === pod.namespace && name === pod.name)));
    const words = this.prompt(pod ? `logs ${pod.name} --all-containers --prefix` : "logs …", one ? one.namespace : "", state.t);
    if (!lines.length) return `<pre>${words}</pre><p class="note">${one && !pod ? "Only pods print lines." : "Nothing printed yet."}</p>`;
    const rows = lines.map(([t, , name, container, run, line]) => [shortDuration(t), `${one ? "" : `${name} `}${container}${run ? ` (start ${run + 1})` : ""}`, line]);
    return `<pre>${words}${escape(align(rows, 0, 2).join("\n"))}</pre>`;
  }

  private story(state: State): string {
    const one = this.objects.get(state.object);
    const since = this.run.why[state.object]?.findLast(([t]) => t <= state.t);
    const why = since && this.text(since[1]);
    const rows = this.run.story.filter((line) => !one || line.about.includes(state.object)).map((line) => {
      const later = ` class="${line.tone}${line.t > state.t ? " later" : ""}"`;
      const at = `<a href="${escape(addressOf({ ...state, t: line.t }))}">${shortDuration(line.t)}</a>`;
      const because = line.why ? ` <span class="note">${escape(line.why)}</span>` : "";
      return `<tr${later}><td>${at}</td><td>${escape(line.component)}</td><td>${line.about[0] === state.object ? "" : escape(line.object)}</td><td>${escape(line.text)}${because}</td></tr>`;
    });
    const reason = one && since && why ? `<pre class="why">${this.prompt(`why ${one.kind.singular}/${one.name}`, one.namespace, since[0])}${escape(why)}</pre>` : "";
    return `${reason}<table class="story">${rows.join("")}</table>`;
  }
}
