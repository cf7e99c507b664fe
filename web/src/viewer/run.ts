/** A run as `simulator/views/page/content.py` writes it. Times are microseconds since the start of the run. */

/** A value and the instant from which on it holds. */
export type Version<Value> = [since: number, value: Value];
export type Interval = [begin: number, end: number | null];

export interface ContainerLane {
  name: string;
  init: boolean;
  pulls: Interval[];
  runs: [begin: number, end: number | null, exitCode: number | null][];
  ready: Interval[];
  probes: Record<string, [t: number, passed: boolean][]>;
}

export interface PodLane {
  namespace: string;
  name: string;
  workload: string;
  node: string;
  life: Interval;
  scheduled: number | null;
  deleted: number | null;
  ready: Interval[];
  containers: ContainerLane[];
}

export interface ServiceLane {
  namespace: string;
  name: string;
  ready: Version<number>[];
}

export interface LaneData {
  settled: number;
  pods: PodLane[];
  services: ServiceLane[];
}

export interface ObjectVersions {
  namespace: string;
  name: string;
  rows: Version<string[] | null>[];
  describe: Version<number | null>[];
}

export interface Kind {
  kind: string;
  singular: string;
  plural: string;
  namespaced: boolean;
  columns: string[];
  objects: ObjectVersions[];
}

export interface StoryLine {
  t: number;
  component: string;
  object: string;
  text: string;
  why: string;
  tone: string;
  about: string[];
}

export type LogLine = [t: number, namespace: string, pod: string, container: string, run: number, line: string];
export type EventCells = [t: number, ...cells: string[]];

export interface Run {
  title: string;
  start: number;
  end: number;
  run: { kubernetes: string; kubectl: string; seed: number; namespace: string };
  assumptions: unknown[];
  changes: number[];
  kinds: Kind[];
  events: { columns: string[]; rows: { namespace: string; versions: Version<EventCells | null>[] }[] };
  logs: LogLine[];
  lanes: LaneData;
  story: StoryLine[];
  why: Record<string, Version<number>[]>;
  lines: string[];
  texts: number[][];
}

export type KnownObject = ObjectVersions & { kind: Kind };

/** The objects of a run by their names on the page: `Pod/default/web-0`. */
export function objectsOf(run: Run): Map<string, KnownObject> {
  return new Map(run.kinds.flatMap((kind) => kind.objects.map((one) => [`${kind.kind}/${one.namespace}/${one.name}`, { ...one, kind }] as const)));
}
