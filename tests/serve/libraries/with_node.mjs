// @kubernetes/client-node: create, watch, log, exec, scale, patch, delete.
import assert from "node:assert";
import { PassThrough } from "node:stream";
import * as k8s from "@kubernetes/client-node";

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const namespace = "default";
const container = { name: "web", image: "busybox:1.36", command: ["sh", "-c", "echo up; sleep infinity"] };
const template = { metadata: { labels: { app: "web" } }, spec: { containers: [container] } };
const spec = { replicas: 2, selector: { matchLabels: { app: "web" } }, template };
await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: "web" }, spec } });

const running = new Set();
await new Promise((resolve, reject) => {
  const watch = new k8s.Watch(config);
  watch.watch(`/api/v1/namespaces/${namespace}/pods`, {}, (type, pod) => {
    if (pod.status?.phase === "Running") running.add(pod.metadata.name);
    if (running.size === 2) resolve();
  }, (error) => error && reject(error)).catch(reject);
});
const [name] = [...running].sort();
assert.equal(await core.readNamespacedPodLog({ name, namespace }), "up\n");

const output = new PassThrough();
let said = "";
output.on("data", (data) => { said += data; });
const status = await new Promise((resolve, reject) => {
  new k8s.Exec(config).exec(namespace, name, "web", ["sh", "-c", "echo hi; exit 3"], output, null, null, false, resolve).catch(reject);
});
assert.equal(said, "hi\n");
assert.equal(status.details.causes[0].message, "3");

const scale = await apps.readNamespacedDeploymentScale({ name: "web", namespace });
scale.spec.replicas = 3;
await apps.replaceNamespacedDeploymentScale({ name: "web", namespace, body: scale });
assert.equal((await apps.readNamespacedDeployment({ name: "web", namespace })).spec.replicas, 3);
await apps.deleteNamespacedDeployment({ name: "web", namespace });
process.exit(0);
