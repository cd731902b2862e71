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
  /** The learning rate, before the schedule scales it. */
  rate: number;
  carry: boolean;
  seed: number;
  optimizer: string;
  schedule: string;
  /** The largest norm of the gradient; 0 for no clipping. */
  clip: number;
  standardize: boolean;
  /** One drawn period, each value from -1 to 1. */
  drawn: number[];
}

/** The part of the inside of the network that the page shows. */
export interface Look {
  /** The quantity and the layer of the heat map. */
  quantity: number;
  layer: number;
  /** The unit of that layer in numbers. */
  unit: number;
  /** The prediction that is looked at, in time steps before the last one; null if no gradients are shown. */
  back: number | null;
  /** The parameter that is shown as a matrix; null for none. */
  parameter: number | null;
}

export type ToWorker =
  /** A new network, which is trained `steps` optimizer steps at once. Messages of it come back with its number, `run`. */
  | { type: "create"; run: number; settings: Settings; steps: number }
  | { type: "look"; look: Look }
  | { type: "live"; rate: number; carry: boolean }
  | { type: "speed"; speed: Speed }
  /** The network as a model file, by the module that forecasts. */
  | { type: "save"; module: Uint8Array; settings: Settings }
  /** The network of a model file; `usual` are the settings that a file is without. */
  | { type: "open"; run: number; module: Uint8Array; file: Uint8Array; usual: Settings }
  | { type: "play" | "pause" | "sleep" | "step" | "rewind" | "drawn" };

/** A state or a gate of the cell. */
export interface Quantity {
  letter: string;
  name: string;
  /** The range of a gate; a state has none. */
  range: [number, number] | null;
}

export interface Parameter {
  name: string;
  shape: number[];
}

/** A network as the engine describes it. */
export interface Description {
  /** An input is (value − mean) / deviation. */
  scale: { mean: number; deviation: number };
  /** The variance of the inputs in the training set. */
  variance: number;
  quantities: Quantity[];
  equations: string[];
  parameters: Parameter[];
}

/** A gate of one unit: `value` is that of the activation function of the two parts. */
export interface GateOfUnit {
  letter: string;
  xPart: number;
  hPart: number;
  value: number;
}

/** Gradients through time. */
export interface Gradients {
  /** The value of the series that is predicted, and the influence of each input on its prediction, the newest first. */
  t: number;
  influence: Float32Array;
  /** The newest inputs beyond which the influence is below a half, and below a hundredth, of the largest; NaN without any. */
  half: number;
  hundredth: number;
  /** The norm of the gradient of each hidden state in the next training window: of its loss, and of the loss of its last step. */
  ofLoss: Float64Array;
  ofLast: Float64Array;
  /** The norm of the gradient of all weights in that window, before clipping. */
  norm: number;
}

/** The state of training, as it is drawn. Values are inputs and outputs of the network; losses are in variances of the
 * training set. */
export interface Snapshot {
  type: "snapshot";
  step: number;
  loss: number;
  gradNorm: number;
  /** The learning rate of the last optimizer step. */
  rate: number;
  parameters: number;
  testError: number;
  futureError: number;
  naiveError: number;
  stepsPerSecond: number;
  stop: Stop | null;
  values: Float32Array;
  predictions: Float32Array;
  future: Float32Array;
  /** What the page looked at, as the engine was told. */
  look: Look;
  /** The quantity of the heat map: a row of H values for each time step. */
  map: Float32Array;
  /** The hidden state of the last prediction, `[L, H]`. */
  state: Float32Array;
  unit: GateOfUnit[];
  /** The values of the parameter that is looked at. */
  matrix: Float32Array;
  /** Gradients, if they are looked at; "large" for a network that is too large to compute them for each picture. */
  gradients: Gradients | "large" | null;
}

export type Message =
  | { type: "ready"; catalog: Entry[] }
  | { type: "created"; description: Description }
  /** There is no network of these settings. */
  | { type: "invalid"; message: string }
  | { type: "failed"; message: string }
  | { type: "saved"; file: Uint8Array; name: string }
  | { type: "opened"; settings: Settings }
  /** A model file, or settings, that the library refuses. */
  | { type: "refused"; message: string }
  | Snapshot;

/** A message, with the number of the network that it is about. */
export type ToPage = Message & { run: number };
