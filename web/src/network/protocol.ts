// What page and worker tell each other.
import type { Entry } from "../catalog";
import type { Speed, Stop } from "../slices";

/** The choices of a network and its training; `cell` and `data` are names in the engine's registries. */
export interface Settings {
  data: string;
  cell: string;
  hidden: number;
  layers: number;
  seqLength: number;
  rate: number;
  carry: boolean;
  seed: number;
  /** One drawn period, each value from -1 to 1. */
  drawn: number[];
}

export type ToWorker =
  | { type: "create"; settings: Settings }
  | { type: "live"; rate: number; carry: boolean }
  | { type: "speed"; speed: Speed }
  | { type: "play" | "pause" | "step" | "rewind" | "drawn" };

/** The state of training, as it is drawn. Values are standardized: mean 0 and variance 1 in the training set. */
export interface Snapshot {
  type: "snapshot";
  step: number;
  loss: number;
  gradNorm: number;
  parameters: number;
  testError: number;
  futureError: number;
  naiveError: number;
  stepsPerSecond: number;
  stop: Stop | null;
  values: Float32Array;
  predictions: Float32Array;
  future: Float32Array;
  hidden: Float32Array;
}

export type ToPage =
  | { type: "ready"; catalog: Entry[] }
  | { type: "failed"; message: string }
  | Snapshot;
