/** Templates to texts, as `simulator/views/page/templates.py` has it; times are microseconds since the start of the run. */

import type { Version } from "./run";

export const SECOND = 1e6;
const MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR, YEAR = 365 * DAY;

/** How kubectl words a duration below each limit: so many of the big unit, and the rest in the small one. */
const LADDER: [limit: number, unit: number, name: string, small: number, smallName: string][] = [
  [2 * MINUTE, SECOND, "s", 0, ""], [10 * MINUTE, MINUTE, "m", SECOND, "s"], [3 * HOUR, MINUTE, "m", 0, ""], [8 * HOUR, HOUR, "h", MINUTE, "m"],
  [48 * HOUR, HOUR, "h", 0, ""], [8 * DAY, DAY, "d", HOUR, "h"], [2 * YEAR, DAY, "d", 0, ""], [8 * YEAR, YEAR, "y", DAY, "d"],
];

export function humanDuration(micro: number): string {
  if (micro <= -2 * SECOND) return "<invalid>";
  if (micro < 0) return "0s";
  for (const [limit, unit, name, small, smallName] of LADDER) {
    if (micro >= limit) continue;
    const rest = small ? Math.floor((micro % unit) / small) : 0;
    return `${Math.floor(micro / unit)}${name}` + (rest ? `${rest}${smallName}` : "");
  }
  return `${Math.floor(micro / YEAR)}y`;
}

/** The last instant of a beat, as a date. */
function latest(first: number, every: number, start: number, t: number): string {
  const last = every ? first + Math.floor(Math.max(0, t - first) / every) * every : first;
  return new Date((start + last) / 1000).toUTCString().replace("GMT", "+0000");
}

/** Ages and beats in place of their marks. */
export function aged(text: string, t: number): string {
  return text
    .replace(/\x01(-?\d+)\x02/g, (_, since: string) => humanDuration(t - Number(since)))
    .replace(/\x04(-?\d+),(\d+),(\d+)\x05/g, (_, first: string, every: string, start: string) => latest(Number(first), Number(every), Number(start), t));
}

const width = (cell: string): number => [...cell].length;

/** Rows of cells as columns: a column is a run of rows that have a further cell behind it; `wholeTable` keeps one width for all of them. */
export function align(rows: string[][], least: number, padding: number, wholeTable = false): string[] {
  const widths: number[][] = rows.map(() => []);
  const columns = Math.max(0, ...rows.map((row) => row.length - 1));
  for (let column = 0; column < columns; column++) {
    let block: number[] = [], widest = 0;
    const flush = (): void => {
      if (!block.length) return;
      let size = Math.max(least, ...block.map((i) => width(rows[i]![column]!) + padding));
      if (wholeTable) size = widest = Math.max(size, widest);
      for (const i of block) widths[i]!.push(size);
      block = [];
    };
    rows.forEach((row, i) => { if (row.length - 1 > column) block.push(i); else flush(); });
    flush();
  }
  return rows.map((row, i) => row.map((cell, j) => cell + " ".repeat(Math.max(0, (widths[i]![j] ?? 0) - width(cell)))).join(""));
}

/** A description: its parts end with \x03, and in each of them tabs make columns. */
export function expanded(template: string, t: number): string {
  const parts = aged(template, t).split("\x03");
  const rest = parts.pop()!;
  return parts.map((part) => {
    if (!part) return "";
    const ends = part.endsWith("\n");
    const rows = (ends ? part.slice(0, -1) : part).split("\n").map((line) => line.split("\t"));
    return align(rows, 0, 2).join("\n") + (ends ? "\n" : "");
  }).join("") + rest;
}

/** A table as `kubectl get` lays it out. */
export function table(rows: string[][], t: number): string[] {
  return align(rows.map((row) => row.map((cell) => aged(cell, t))), 6, 3, true);
}

/** The value that holds at `t`. */
export function valueAt<Value>(versions: Version<Value>[], t: number): Value | null {
  let low = 0, high = versions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (versions[middle]![0] <= t) low = middle + 1; else high = middle;
  }
  return low ? versions[low - 1]![1] : null;
}

/** `1m30.5s`, `40s`, `90` as microseconds; null when it is none. */
export function parseInstant(text: string): number | null {
  const found = /^\s*(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?\s*$/.exec(text);
  if (!found || !text.trim()) return null;
  return Math.round(((Number(found[1] ?? 0) * 60 + Number(found[2] ?? 0)) * 60 + Number(found[3] ?? 0)) * SECOND);
}

/** Microseconds as people say them: `1m30.5s`. */
export function shortDuration(micro: number): string {
  const minutes = Math.floor(micro / MINUTE), hours = Math.floor(minutes / 60);
  const seconds = Number(((micro - minutes * MINUTE) / SECOND).toFixed(3));
  return [hours ? `${hours}h` : "", minutes % 60 ? `${minutes % 60}m` : "", seconds || !minutes ? `${seconds}s` : ""].join("");
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it is written in HTML. */
export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ESCAPES[c]!);
}
