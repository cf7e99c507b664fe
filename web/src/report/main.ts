/** The report page: one run, which the page contains. */

import type { Run } from "../viewer/run";
import { shortDuration } from "../viewer/texts";
import { $, Viewer } from "../viewer/viewer";
import "../viewer/viewer.css";

async function unpacked(): Promise<Run> {
  const bytes = Uint8Array.from(atob($("data").textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json() as Promise<Run>;
}

const run = await unpacked();
$("about").textContent = `Kubernetes ${run.run.kubernetes} · seed ${run.run.seed} · ${shortDuration(run.end)}`;
const viewer = new Viewer((address, visit) => (visit ? history.pushState : history.replaceState).call(history, null, "", address));
viewer.picture(run.lanes, run.end);
viewer.fill(run);
if (location.hash) viewer.read(location.hash);
addEventListener("hashchange", () => viewer.read(location.hash));
document.documentElement.dataset["loaded"] = "yes";
