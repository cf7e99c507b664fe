/** Python in a worker of its own: loads Pyodide and podsim, then answers questions in JSON. */

import type { PyodideAPI } from "pyodide";
import type { FromWorker } from "./contract";

const BASE = new URL("./", self.location.href);
const PACKAGES = ["packages.zip", "podsim.zip"];
/** In order of their size: what is fetched ahead, so that the bar moves. */
const LARGE = ["pyodide/pyodide.asm.wasm", "pyodide/python_stdlib.zip", "pyodide/pyodide.asm.mjs", ...PACKAGES];
const FETCHED = 0.7;
/** The share of the bar that is for fetching; the rest is for starting Python. */

const START = `
import os
from simulator.lab.bench import Bench
os.makedirs("/bench", exist_ok=True)
os.chdir("/bench")
Bench("/bench").answer
`;

function tell(message: FromWorker): void { (self as unknown as { postMessage(message: FromWorker): void }).postMessage(message); }

/** The bytes of a file; `step` is called with the number of bytes that arrived. */
async function fetched(name: string, step: (bytes: number) => void): Promise<Uint8Array> {
  const response = await fetch(new URL(name, BASE));
  if (!response.ok || !response.body) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    step(value.length);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function load(): Promise<(question: string) => string> {
  const sizes = (await (await fetch(new URL("sizes.json", BASE))).json()) as Record<string, number>;
  const total = LARGE.reduce((sum, name) => sum + (sizes[name] ?? 0), 0);
  let sofar = 0;
  const step = (bytes: number): void => { sofar += bytes; tell({ kind: "progress", share: (FETCHED * sofar) / total, text: "loading Python" }); };
  const files = new Map(await Promise.all(LARGE.map(async (name) => [name, await fetched(name, step)] as const)));
  tell({ kind: "progress", share: FETCHED, text: "starting Python" });
  const { loadPyodide } = (await import(/* @vite-ignore */ new URL("pyodide/pyodide.mjs", BASE).href)) as { loadPyodide(options: { indexURL: string }): Promise<PyodideAPI> };
  const python = await loadPyodide({ indexURL: new URL("pyodide/", BASE).href });
  tell({ kind: "progress", share: 0.85, text: "starting podsim" });
  const home = python.runPython("import sysconfig; sysconfig.get_path('purelib')") as string;
  for (const name of PACKAGES) python.unpackArchive(files.get(name)!, "zip", { extractDir: home });
  return python.runPython(START) as (question: string) => string;
}

const loaded = load();
loaded.then(() => tell({ kind: "ready" }), (error: unknown) => tell({ kind: "failed", text: String(error) }));

self.addEventListener("message", async (event: MessageEvent<{ number: number; question: string }>) => {
  const { number, question } = event.data;
  try {
    tell({ kind: "answer", number, text: (await loaded)(question) });
  } catch (error) {
    tell({ kind: "error", number, text: String(error) });
  }
});
