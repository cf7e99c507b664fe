/** What a student has done, in the browser's local storage. */

interface Done { questions: Record<string, boolean>; tasks: Record<string, boolean>; attempts: Record<string, number> }

const KEY = "podsim-lab-progress";
type All = Record<string, Done>;

function all(): All {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as All;
  } catch {
    return {};
  }
}

/** Progress in one lesson. */
export function done(lesson: string): Done {
  return { questions: {}, tasks: {}, attempts: {}, ...all()[lesson] };
}

export function remember(lesson: string, change: (progress: Done) => void): void {
  const progress = done(lesson);
  change(progress);
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...all(), [lesson]: progress }));
  } catch {
    // A browser that keeps nothing: the lesson works without progress.
  }
}
