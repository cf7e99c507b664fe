/** A run as `simulator/views/page/content.py` writes it. Times are microseconds since the start of the run. */

/** A value and the instant from which on it holds. */
export type Version<Value> = [since: number, value: Value];
export type Interval = [begin: number, end: number | null];

/** A state or a mark, as `simulator/views/legend.py` has it: `colors` are those of the light and the dark theme. */
export interface LegendEntry {
  name: string;
  sign: string;
  meaning: string;
  colors: [light: string, dark: string];
  /** Of a state's bar, as a share of a lane; 0: a mark. */
  height: number;
  pattern: "" | "solid" | "stripes" | "slashes" | "backslashes" | "hollow";
}

/** A state by its place in the legend. */
export type Stretch = [begin: number, end: number, entry: number];
export type Mark = [t: number, entry: number];

export interface ContainerLane {
  name: string;
  init: boolean;
  states: Stretch[];
  marks: Mark[];
  /** The exit code of each mark. */
  exits: number[];
  probes: Record<string, [t: number, passed: boolean][]>;
}

export interface PodLane {
  namespace: string;
  name: string;
  workload: string;
  node: string;
  life: Interval;
  ready: Interval[];
  containers: ContainerLane[];
}

export interface WorkloadLane {
  object: string;
  label: string;
  pods: string[];
  states: Stretch[];
  marks: Mark[];
}

export interface ServiceLane {
  namespace: string;
  name: string;
  ready: Version<number>[];
}

export interface LaneData {
  legend: LegendEntry[];
  settled: number;
  caption: Version<string>[];
  actions: number[];
  pods: PodLane[];
  workloads: WorkloadLane[];
  services: ServiceLane[];
}

export interface ObjectVersions {
  namespace: string;
  name: string;
  rows: Version<string[] | null>[];
  describe: Version<number | null>[];
  /** In a large run, an object with many changes is described at some of them. */
  sampled?: boolean;
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
  /** By object, "" for everything that is not ready: the text, and the places that it names (`app.yaml:31`), the root cause's first. */
  why: Record<string, [since: number, text: number, places: string[]][]>;
  manifests: { files: Record<string, string[]>; objects: Record<string, [file: string, first: number, last: number]> };
  lines: string[];
  texts: number[][];
}

export type KnownObject = ObjectVersions & { kind: Kind };

/** The objects of a run by their names on the page: `Pod/default/web-0`. */
export function objectsOf(run: Run): Map<string, KnownObject> {
  return new Map(run.kinds.flatMap((kind) => kind.objects.map((one) => [`${kind.kind}/${one.namespace}/${one.name}`, { ...one, kind }] as const)));
}
