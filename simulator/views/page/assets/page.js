// The page: one instant, one object, one tab; every text is looked up for the instant and laid out here.

const TABS = { get: "Get", describe: "Describe", events: "Events", logs: "Logs", story: "Story" };
const KEYS = [
  ["← →", "one second back, forward"], ["Shift+← →", "previous, next change"], ["Home End", "start, end"], ["space", "play, pause"],
  ["1 … 5", "get, describe, events, logs, story"], ["j k", "next, previous object"], ["+ − 0", "zoom in, out, to fit"], ["/", "filter"],
  ["t", "light or dark"], ["?", "show this list"],
];
const ALL = "all objects";
const $ = (id) => document.getElementById(id);

async function unpacked() {
  const bytes = Uint8Array.from(atob($("data").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

const D = await unpacked();
const objects = new Map();
for (const kind of D.kinds) for (const one of kind.objects) objects.set(`${kind.kind}/${one.namespace}/${one.name}`, { ...one, kind });
const state = { t: D.end, tab: "get", object: "", kind: "Pod", playing: false };
const lanes = new Lanes($("lanes"), D.lanes, D.end, (t) => go(t), (object) => choose(object));

function escape(text) {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
}

function address(changes = {}) {
  const next = { ...state, ...changes };
  const words = [`t=${shortDuration(Math.round(next.t / 1000) * 1000)}`, `show=${next.tab}`];
  if (next.object) words.push(`on=${encodeURIComponent(next.object)}`);
  if (next.kind !== "Pod") words.push(`kind=${encodeURIComponent(next.kind)}`);
  return `#${words.join("&")}`;
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const t = parseInstant(given.get("t") || "");
  if (t !== null) state.t = Math.min(D.end, t);
  if (given.get("show") in TABS) state.tab = given.get("show");
  state.object = objects.has(given.get("on")) ? given.get("on") : "";
  state.kind = D.kinds.some((one) => one.kind === given.get("kind")) || given.get("kind") === "all" ? given.get("kind") : "Pod";
}

// ---- texts

function shown(one, t) { return valueAt(one.rows, t) !== null; }

function prompt(words, namespace = "", t = state.t) {
  const where = namespace && namespace !== D.run.namespace ? ` -n ${namespace}` : "";
  return `<span class="prompt">$ podsim ${escape(words)}${escape(where)} --at ${shortDuration(t)}</span>\n`;
}

// Where the objects of some kinds live that are there now.
function namespacesOf(kinds) {
  return [...new Set(kinds.flatMap((kind) => (kind.namespaced ? kind.objects.filter((one) => shown(one, state.t)).map((one) => one.namespace) : [])))];
}

function tableOf(kind) {
  const several = namespacesOf([kind]).length > 1;
  const present = kind.objects.map((one) => [one, valueAt(one.rows, state.t)]).filter(([, cells]) => cells !== null);
  if (!present.length) return "";
  const rows = present.map(([one, cells]) => (several ? [one.namespace, ...cells] : cells));
  const lines = table([several ? ["NAMESPACE", ...kind.columns] : kind.columns, ...rows], state.t);
  const links = present.map(([one], i) => {
    const name = `${kind.kind}/${one.namespace}/${one.name}`;
    return `<a href="${escape(address({ object: name, tab: "describe" }))}" aria-current="${name === state.object}">${escape(lines[i + 1])}</a>`;
  });
  return `${escape(lines[0])}\n${links.join("")}`;
}

function get() {
  const choices = [...D.kinds.map((one) => [one.kind, one.plural]), ["all", "all kinds"]];
  const options = choices.map(([kind, name]) => `<option value="${escape(kind)}"${kind === state.kind ? " selected" : ""}>${escape(name)}</option>`);
  const kinds = state.kind === "all" ? D.kinds : D.kinds.filter((one) => one.kind === state.kind);
  const words = state.kind === "all" ? "get all" : `get ${kinds[0] ? kinds[0].plural : "pods"}`;
  const tables = kinds.map((kind) => tableOf(kind)).filter(Boolean).map((text) => `<pre>${text}</pre>`);
  const places = namespacesOf(kinds);
  const where = places.length > 1 ? " -A" : "";
  return `<p><label>kind <select id="kind">${options.join("")}</select></label></p><pre>${prompt(words + where, places.length === 1 ? places[0] : "")}</pre>${tables.join("") || '<p class="note">No resources found.</p>'}`;
}

function describe() {
  const one = objects.get(state.object);
  if (!one) return '<p class="note">Choose an object: in the list above, in a table, or in the timeline.</p>';
  const number = valueAt(one.describe, state.t);
  const words = prompt(`describe ${one.kind.singular} ${one.name}`, one.namespace);
  if (number === null) return `<pre>${words}Error from server (NotFound): ${escape(one.kind.plural)} "${escape(one.name)}" not found</pre>`;
  return `<pre>${words}${escape(expanded(D.texts[number].map((line) => D.lines[line]).join("\n"), state.t))}</pre>`;
}

function events() {
  const one = objects.get(state.object);
  const about = one ? `${one.kind.kind}/${one.name}` : "";
  const object = D.events.columns.indexOf("OBJECT");
  const rows = D.events.rows
    .map((event) => [event.namespace, valueAt(event.versions, state.t)])
    .filter(([, cells]) => cells !== null && (!about || cells[object + 1] === about))
    .sort((a, b) => a[1][0] - b[1][0]);
  const words = prompt(one ? `events --for ${one.kind.singular}/${one.name}` : "events -A", one ? one.namespace : "");
  if (!rows.length) return `<pre>${words}</pre><p class="note">No events.</p>`;
  const [head, ...lines] = table([D.events.columns, ...rows.map(([, cells]) => cells.slice(1))], state.t);
  const type = D.events.columns.indexOf("TYPE");
  const colored = lines.map((line, i) => (rows[i][1][type + 1] === "Warning" ? `<span class="warning">${escape(line)}</span>` : escape(line)));
  return `<pre>${words}${escape(head)}\n${colored.join("\n")}</pre>`;
}

function logs() {
  const one = objects.get(state.object);
  const mine = ([, namespace, pod]) => !one || (one.kind.kind === "Pod" && namespace === one.namespace && pod === one.name);
  const lines = D.logs.filter((line) => line[0] <= state.t && mine(line));
  const words = prompt(one && one.kind.kind === "Pod" ? `logs ${one.name} --all-containers --prefix` : "logs …", one ? one.namespace : "");
  if (!lines.length) return `<pre>${words}</pre><p class="note">${one && one.kind.kind !== "Pod" ? "Only pods print lines." : "Nothing printed yet."}</p>`;
  const rows = lines.map(([t, , pod, container, run, line]) => [shortDuration(t), `${one ? "" : `${pod} `}${container}${run ? ` (start ${run + 1})` : ""}`, line]);
  return `<pre>${words}${escape(align(rows, 0, 2).join("\n"))}</pre>`;
}

function story() {
  const one = objects.get(state.object);
  const versions = D.why[state.object];
  const since = versions && versions.findLast(([t]) => t <= state.t);
  const why = since && D.texts[since[1]].map((line) => D.lines[line]).join("\n");
  const rows = D.story.filter((line) => !one || line.about.includes(state.object));
  const told = rows.map((line) => {
    const later = ` class="${line.tone}${line.t > state.t ? " later" : ""}"`;
    const at = `<a href="${escape(address({ t: line.t }))}">${shortDuration(line.t)}</a>`;
    const because = line.why ? ` <span class="note">${escape(line.why)}</span>` : "";
    return `<tr${later}><td>${at}</td><td>${escape(line.component)}</td><td>${line.about[0] === state.object ? "" : escape(line.object)}</td><td>${escape(line.text)}${because}</td></tr>`;
  });
  const reason = why ? `<pre class="why">${prompt(`why ${one.kind.singular}/${one.name}`, one.namespace, since[0])}${escape(why)}</pre>` : "";
  return `${reason}<table class="story">${told.join("")}</table>`;
}

const WRITERS = { get, describe, events, logs, story };

// ---- acting

function render() {
  $("slider").value = state.t;
  if (document.activeElement !== $("instant")) $("instant").value = shortDuration(state.t);
  $("wall").textContent = new Date((D.start + state.t) / 1000).toISOString().replace("T", " ").slice(0, 19) + " UTC";
  for (const tab of document.querySelectorAll('[role="tab"]')) {
    tab.setAttribute("aria-selected", String(tab.dataset.tab === state.tab));
    tab.tabIndex = tab.dataset.tab === state.tab ? 0 : -1;
  }
  if (document.activeElement?.id !== "kind") $("text").innerHTML = WRITERS[state.tab]();
  $("object").value = state.object;
  lanes.seek(state.t);
}

let waiting = false;
function refresh() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; render(); });
  clearTimeout(refresh.timer);
  refresh.timer = setTimeout(() => history.replaceState(null, "", address()), 150);
}

function go(t) {
  state.t = Math.max(0, Math.min(D.end, Math.round(t)));
  lanes.reveal(state.t);
  refresh();
}

function choose(object, tab = state.tab === "get" ? "story" : state.tab) {
  state.object = object;
  state.tab = tab;
  lanes.choose(object, true);
  refresh();
}

function change(direction) {
  const next = direction > 0 ? D.changes.find((t) => t > state.t) : D.changes.findLast((t) => t < state.t);
  go(next ?? (direction > 0 ? D.end : 0));
}

function step(direction) {
  const present = [...objects.entries()].filter(([, one]) => (state.kind === "all" || one.kind.kind === state.kind) && shown(one, state.t)).map(([name]) => name);
  if (!present.length) return;
  const at = present.indexOf(state.object);
  choose(present[(at + direction + present.length) % present.length], state.tab === "get" ? "describe" : state.tab);
}

function play() {
  state.playing = !state.playing;
  $("play").setAttribute("aria-pressed", String(state.playing));
  $("play").textContent = state.playing ? "❚❚ pause" : "▶ play";
  if (!state.playing) return;
  if (state.t >= D.end) state.t = 0;
  let before = performance.now();
  const frame = (now) => {
    if (!state.playing) return;
    go(state.t + (now - before) * 1000 * Number($("speed").value));
    before = now;
    if (state.t >= D.end) play(); else requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function theme() {
  const dark = document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark";
}

function show(tab) { state.tab = tab; refresh(); }

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || $("keys").open) return;
  const typing = event.target.matches("input:not([type=range]), select");
  if (typing) { if (event.key === "Escape") event.target.blur(); return; }
  const tabs = Object.keys(TABS);
  const actions = {
    ArrowLeft: () => (event.shiftKey ? change(-1) : go(state.t - SECOND)), ArrowRight: () => (event.shiftKey ? change(1) : go(state.t + SECOND)),
    Home: () => go(0), End: () => go(D.end), j: () => step(1), k: () => step(-1), t: theme, "?": () => $("keys").showModal(),
    "/": () => $("filter").focus(), "+": () => lanes.zoom(0.5, state.t), "=": () => lanes.zoom(0.5, state.t), "-": () => lanes.zoom(2, state.t), 0: () => lanes.fit(),
  };
  tabs.forEach((tab, i) => { actions[i + 1] = () => show(tab); });
  if (!event.target.matches("button, a")) actions[" "] = play;
  const action = actions[event.key];
  if (!action) return;
  if (event.target.matches('[role="tab"]') && event.key.startsWith("Arrow")) return;
  event.preventDefault();
  action();
}

function tabKeys(event) {
  const tabs = Object.keys(TABS);
  const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!move) return;
  event.preventDefault();
  const next = tabs[(tabs.indexOf(state.tab) + move + tabs.length) % tabs.length];
  show(next);
  document.querySelector(`[data-tab="${next}"]`).focus();
}

function build() {
  const { kubernetes, seed } = D.run;
  $("about").textContent = `Kubernetes ${kubernetes} · seed ${seed} · ${shortDuration(D.end)}`;
  $("legend").innerHTML = legend();
  $("slider").max = D.end;
  const list = document.querySelector('[role="tablist"]');
  for (const [tab, name] of Object.entries(TABS)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.setAttribute("role", "tab");
    button.dataset.tab = tab;
    button.addEventListener("click", () => show(tab));
    list.append(button);
  }
  list.addEventListener("keydown", tabKeys);
  $("object").append(new Option(ALL, ""), ...[...objects.entries()].map(([name, one]) => new Option(`${one.kind.singular}/${one.name}`, name)));
  document.querySelector("#keys dl").innerHTML = KEYS.map(([keys, what]) => `<dt>${keys}</dt><dd>${what}</dd>`).join("");
  $("slider").addEventListener("input", () => go(Number($("slider").value)));
  $("instant").addEventListener("change", () => { const t = parseInstant($("instant").value); if (t !== null) go(t); $("instant").blur(); render(); });
  $("object").addEventListener("change", () => { const object = $("object").value; $("object").blur(); choose(object); });
  $("filter").addEventListener("input", () => { lanes.filter = $("filter").value.trim(); lanes.draw(); });
  $("text").addEventListener("change", (event) => { if (event.target.id === "kind") { state.kind = event.target.value; event.target.blur(); refresh(); } });
  const clicks = { first: () => go(0), last: () => go(D.end), before: () => change(-1), after: () => change(1), play, theme, in: () => lanes.zoom(0.5, state.t), out: () => lanes.zoom(2, state.t), fit: () => lanes.fit(), help: () => $("keys").showModal() };
  for (const [id, action] of Object.entries(clicks)) $(id).addEventListener("click", action);
  addEventListener("keydown", key);
  addEventListener("hashchange", () => { readAddress(); lanes.choose(state.object); go(state.t); });
  new ResizeObserver(() => lanes.draw()).observe($("lanes"));
}

build();
readAddress();
lanes.draw();
lanes.choose(state.object, true);
if (location.hash.includes("t=")) lanes.reveal(state.t);
render();
document.documentElement.dataset.loaded = "yes";
