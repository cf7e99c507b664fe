/** The service worker: keeps every file of the lab, so that it works without a network. `podsim lab` writes FILES in front. */

declare const FILES: Record<string, string>;
/** Name -> hash of its content. */

interface Waiting extends Event { waitUntil(promise: Promise<unknown>): void }
interface Fetching extends Waiting { request: Request; respondWith(response: Promise<Response>): void }

const scope = self as unknown as { registration: ServiceWorkerRegistration; skipWaiting(): Promise<void>; clients: { claim(): Promise<void> } };
const NAME = `podsim-lab-${FILES["version"]}`;
const FRESH = "start.json";
/** Differs from one start of `podsim lab` to the next: the network is asked first. */

self.addEventListener("install", (event) => (event as Waiting).waitUntil((async () => {
  const cache = await caches.open(NAME);
  await cache.addAll(Object.keys(FILES).filter((name) => name !== "version").map((name) => new Request(name === "index.html" ? "./" : name, { cache: "no-cache" })));
  await scope.skipWaiting();
})()));

self.addEventListener("activate", (event) => (event as Waiting).waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("podsim-lab-") && name !== NAME) await caches.delete(name);
  await scope.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request, respondWith } = event as Fetching;
  if (request.method !== "GET" || !request.url.startsWith(scope.registration.scope)) return;
  respondWith.call(event, (async () => {
    const cache = await caches.open(NAME);
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept && !request.url.endsWith(FRESH)) return kept;
    return fetch(request).catch((error: unknown) => { if (kept) return kept; throw error; });
  })());
});
