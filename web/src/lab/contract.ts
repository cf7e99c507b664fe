/** What the page asks of Python and what it answers, as `simulator/lab/bench.py` has it. */

import type { LaneData, Run } from "../viewer/run";

export type Files = Record<string, string>;

export interface Problem { file: string; line: number; column: number; path: string; message: string }

export type Value = number | string | null;

export interface Control {
  id: string;
  group: string;
  label: string;
  kind: "count" | "seconds" | "never" | "choice";
  value: Value;
  low: number;
  high: number;
  choices: string[];
}

export interface Picture {
  problems: Problem[];
  warnings?: Problem[];
  controls?: Control[];
  lanes?: LaneData | null;
  end?: number;
  files?: Files;
}

export interface Option { label: string; detail: string; info: string }

export interface Listed { number: number; name: string; title: string; questions: string[]; tasks: string[] }

export interface Task { name: string; title: string; text: string; edit: string[]; files: Files; expect: string[]; hints: string[] }

export interface Lesson {
  number: number;
  name: string;
  title: string;
  before: string;
  after: string;
  files: Files;
  questions: { name: string; ask: string; kind: string; options: string[] }[];
  tasks: Task[];
}

export interface Grade { right?: boolean; answer?: string; because?: string; explain?: string; show?: string[]; problems?: Problem[] }

export interface Check { passed: boolean; verdicts: { text: string; holds: boolean; happened: string[]; why: string[] }[]; problems: string[]; hint: string; explain: string }

/** The methods of `Bench`: arguments and answer. */
export interface Methods {
  gallery: [Record<never, never>, { version: string; scenarios: { name: string; title: string; group: string }[] }];
  open: [{ name: string }, { files: Files }];
  run: [{ files: Files }, Picture];
  turn: [{ files: Files; control: string; value: Value }, Picture];
  texts: [Record<never, never>, { run?: Run }];
  command: [{ files: Files; line: string; t: number }, Picture & { text: string; code: number }];
  complete: [{ files: Files; file: string; line: number; column: number }, { options: Option[] }];
  pack: [{ files: Files }, { zip: string }];
  lessons: [Record<never, never>, { lessons: Listed[] }];
  lesson: [{ name: string }, Lesson];
  grade: [{ name: string; question: string; typed: string }, Grade];
  check: [{ name: string; task: string; files: Files; attempt: number }, Check];
  unpack: [{ zip: string }, { files?: Files; problems?: Problem[] }];
}

export type FromWorker =
  | { kind: "progress"; share: number; text: string }
  | { kind: "ready" }
  | { kind: "failed"; text: string }
  | { kind: "answer"; number: number; text: string }
  | { kind: "error"; number: number; text: string };
