/** The bench in an address: files, instant and tab as JSON, deflated, in base64url. */

import type { Files } from "./contract";

export interface Saved { files: Files; t: number; tab: string; object: string }

const PREFIX = "#lab=";

async function through(bytes: Uint8Array<ArrayBuffer>, by: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(by)).arrayBuffer());
}

export async function written(saved: Saved): Promise<string> {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(saved)), new CompressionStream("deflate-raw"));
  const text = btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
  return PREFIX + text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What an address carries; null: nothing that can be read. */
export async function read(hash: string): Promise<Saved | null> {
  if (!hash.startsWith(PREFIX)) return null;
  try {
    const packed = atob(hash.slice(PREFIX.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = await through(Uint8Array.from(packed, (c) => c.charCodeAt(0)), new DecompressionStream("deflate-raw"));
    const saved = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Saved>;
    if (typeof saved.files !== "object" || saved.files === null || !Object.values(saved.files).every((text) => typeof text === "string")) return null;
    return { files: saved.files, t: Number(saved.t) || 0, tab: String(saved.tab ?? "get"), object: String(saved.object ?? "") };
  } catch {
    return null;
  }
}
