/** The texts of the panel, as HTML: pure functions of a run, an instant, and what is chosen. */

import { type Kind, type KnownObject, type Run, objectsOf } from "./run";
import { align, escape, expanded, shortDuration, table, valueAt } from "./texts";

export const TABS = { get: "Get", describe: "Describe", events: "Events", logs: "Logs", story: "Story", why: "Why", yaml: "YAML" };
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
      get: (s) => this.get(s), describe: (s) => this.describe(s), events: (s) => this.events(s), logs: (s) => this.logs(s), story: (s) => this.story(s), why: (s) => this.why(s), yaml: (s) => this.yaml(s),
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
    const [since, number] = one.describe.findLast(([t]) => t <= state.t) ?? [0, null];
    const t = one.sampled ? since : state.t, words = this.prompt(`describe ${one.kind.singular} ${one.name}`, one.namespace, t);
    if (number === null) return `<pre>${words}Error from server (NotFound): ${escape(one.kind.plural)} "${escape(one.name)}" not found</pre>`;
    const note = one.sampled ? `<p class="note">The run is large: this page describes ${escape(one.name)} at ${one.describe.length} instants, of which ${shortDuration(since)} is the last.</p>` : "";
    return `${note}<pre>${words}${escape(expanded(this.text(number), t))}</pre>`;
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
    const rows = this.run.story.filter((line) => !one || line.about.includes(state.object)).map((line) => {
      const later = ` class="${line.tone}${line.t > state.t ? " later" : ""}"`;
      const at = `<a href="${escape(addressOf({ ...state, t: line.t }))}">${shortDuration(line.t)}</a>`;
      const because = line.why ? ` <span class="note">${escape(line.why)}</span>` : "";
      return `<tr${later}><td>${at}</td><td>${escape(line.component)}</td><td>${line.about[0] === state.object ? "" : escape(line.object)}</td><td>${escape(line.text)}${because}</td></tr>`;
    });
    if (!rows.length) return '<p class="note">Nothing happens to it.</p>';
    return `<table class="story"><thead class="hidden"><tr><th>Time</th><th>By</th><th>Object</th><th>What</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  }

  /** The explanation that holds now: of an object, or of everything that is not ready. */
  private reason(state: State): { since: number; text: string; places: string[] } | null {
    const found = this.run.why[this.objects.has(state.object) ? state.object : ""]?.findLast(([t]) => t <= state.t);
    return found ? { since: found[0], text: this.text(found[1]), places: found[2] } : null;
  }

  private why(state: State): string {
    const one = this.objects.get(state.object), reason = this.reason(state);
    const words = this.prompt(one ? `why ${one.kind.singular}/${one.name}` : "why", one ? one.namespace : "", reason?.since ?? state.t);
    if (!reason?.text) return `<pre>${words}</pre><p class="note">${one ? "Nothing to explain about it now." : "Everything is ready."}</p>`;
    const links = reason.places.filter((place) => this.lineAt(place) !== null).map((place) => `<li><code>${escape(place)}</code> <code>${escape(this.lineAt(place)!.trim())}</code></li>`);
    const shown = links.length ? `<p><a href="${escape(addressOf({ ...state, tab: "yaml" }))}">Lines behind it</a>:</p><ul class="places">${links.join("")}</ul>` : "";
    return `<pre class="why">${words}${escape(reason.text)}</pre>${shown}`;
  }

  /** The text of a line, `app.yaml:31`; null: the page does not have it. */
  private lineAt(place: string): string | null {
    const at = place.lastIndexOf(":");
    return this.run.manifests.files[place.slice(0, at)]?.[Number(place.slice(at + 1)) - 1] ?? null;
  }

  /** The manifest of an object, else every file that the explanation names; lines that it names are marked. */
  private yaml(state: State): string {
    const { files, objects } = this.run.manifests;
    const known = Object.keys(files);
    if (!known.length) return '<p class="note">This page does not have the manifests: their files were not found, or have changed since the run.</p>';
    const places = this.reason(state)?.places ?? [];
    const own = objects[state.object];
    if (this.objects.has(state.object) && !own) return '<p class="note">No manifest of this run created it.</p>';
    const named = known.filter((file) => places.some((place) => place.startsWith(`${file}:`)));
    const shown: [file: string, first: number, last: number][] = own
      ? [own, ...named.filter((file) => file !== own[0] && this.isOther(file)).map((file) => [file, 1, files[file]!.length] as [string, number, number])]
      : (named.length ? named : known).map((file) => [file, 1, files[file]!.length]);
    return shown.map(([file, first, last]) => `<h2 class="file">${escape(file)}</h2><pre class="yaml">${this.numbered(file, first, last, places)}</pre>`).join("");
  }

  /** A file without an object: a Scenario. */
  private isOther(file: string): boolean { return !Object.values(this.run.manifests.objects).some(([name]) => name === file); }

  private numbered(file: string, first: number, last: number, places: string[]): string {
    const width = String(last).length;
    return this.run.manifests.files[file]!.slice(first - 1, last).map((text, i) => {
      const rank = places.indexOf(`${file}:${first + i}`);
      const line = `<span class="number">${String(first + i).padStart(width)}</span>  ${escape(text)}`;
      if (rank < 0) return `${line}\n`;
      return `<mark class="${rank ? "named" : "cause"}">${line}<span class="arrow">  ◀ ${rank ? "why names this line" : "root cause"}</span></mark>\n`;
    }).join("");
  }
}
