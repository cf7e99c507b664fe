/** Python in its worker, as the page sees it: questions with answers, and an end to what takes too long. */

import type { FromWorker, Methods } from "./contract";

export class Cancelled extends Error {}

export class Python {
  private worker!: Worker;
  private waiting = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  private asked = 0;

  constructor(private readonly onProgress: (share: number, text: string) => void) { this.start(); }

  async ask<Name extends keyof Methods>(name: Name, question: Methods[Name][0]): Promise<Methods[Name][1]> {
    const number = ++this.asked;
    const text = await new Promise<string>((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.worker.postMessage({ number, question: JSON.stringify({ do: name, ...question }) });
    });
    return JSON.parse(text) as Methods[Name][1];
  }

  /** Stop whatever runs; a fresh Python takes its place. */
  cancel(): void {
    this.worker.terminate();
    const stopped = [...this.waiting.values()];
    this.waiting.clear();
    this.start();
    for (const one of stopped) one.reject(new Cancelled("cancelled"));
  }

  private start(): void {
    this.worker = new Worker(new URL("./worker.js", location.href), { type: "module", name: "podsim" });
    this.worker.addEventListener("message", (event: MessageEvent<FromWorker>) => this.receive(event.data));
    this.worker.addEventListener("error", (event) => this.onProgress(-1, event.message || "the worker could not be loaded"));
  }

  private receive(message: FromWorker): void {
    if (message.kind === "progress") this.onProgress(message.share, message.text);
    else if (message.kind === "ready") this.onProgress(1, "");
    else if (message.kind === "failed") this.onProgress(-1, message.text);
    else {
      const one = this.waiting.get(message.number);
      this.waiting.delete(message.number);
      if (message.kind === "answer") one?.resolve(message.text); else one?.reject(new Error(message.text));
    }
  }
}
