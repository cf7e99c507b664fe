// Runs scenarios under Pyodide in Node: node pyodide.mjs SITE NAME... prints the SHA-256 of each journal as JSON.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [site, ...names] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${site}/pyodide/pyodide.mjs`).href);
const python = await loadPyodide();
const home = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
for (const name of ["packages.zip", "podsim.zip"]) python.unpackArchive(new Uint8Array(readFileSync(`${site}/${name}`)), "zip", { extractDir: home });
python.globals.set("names", python.toPy(names));
console.log(python.runPython(`
import hashlib, json, os, yaml
from simulator.cluster import Cluster
from simulator.journal.lines import dump
from simulator.scenario.gallery import gallery_folder
from simulator.scenario.inputs import gather

assert not yaml.__with_libyaml__
os.chdir(gallery_folder())
digests = {}
for name in names:
    digest = hashlib.sha256()
    for line in dump(Cluster(gather([name])).run_to_rest()):
        digest.update(line.encode() + b"\\n")
    digests[name] = digest.hexdigest()
json.dumps(digests)
`));
