// A lesson: a state of the page, and tasks that the page itself checks.
import { short } from "../dom";
import { errorsAtEdges } from "../network/forecast_chart";
import type { Settings, Snapshot } from "../network/protocol";

/** The network as it is now, for the checks of tasks. */
export interface Seen extends Settings {
  snapshot: Snapshot;
}

export interface Task {
  text: string;
  /** Whether the task is done; once done, it stays done. */
  isDone(seen: Seen): boolean;
  /** The number that the task is about. */
  now(seen: Seen): string;
}

export interface Lesson {
  title: string;
  /** Paragraphs. */
  text: string[];
  /** The settings at the start; all others are those of the lesson on the sine wave. */
  start: Partial<Settings>;
  tasks: Task[];
}

const error = (name: string, value: number) => `${name}: ${short(value)}`;

export const testError = ({ snapshot }: Seen) => error("test error now", snapshot.testError);
export const recursiveError = ({ snapshot }: Seen) => error("error of the recursive forecast now", snapshot.futureError);
export const beside = (seen: Seen) => `${testError(seen)}; ${error("naive", seen.snapshot.naiveError)}`;
export const steps = ({ snapshot }: Seen) => `optimizer steps now: ${snapshot.step.toLocaleString("en")}`;
export const both = (seen: Seen) => `${steps(seen)}; ${testError(seen)}`;

/** Whether a network is trained for at least `steps` optimizer steps. */
export const trained = ({ snapshot }: Seen, steps: number) => snapshot.step >= steps;

/** How many times larger the error is in the first three predictions of a window than in all others. */
export function ratioAtEdges({ snapshot, seqLength }: Seen): number {
  const { first, others } = errorsAtEdges(snapshot, seqLength, 1);
  return first / others;
}

export const edges = (seen: Seen) => {
  const ratio = ratioAtEdges(seen);
  return `${steps(seen)}; first predictions have ${Number.isFinite(ratio) ? ratio.toFixed(1) : "–"} times the error of the others`;
};
