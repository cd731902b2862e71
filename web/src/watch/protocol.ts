// The events of a run, as the program sends them: crates/elman-cli/src/page/training.rs.

/** Points of a line: time and value. A number that is not finite is null. */
export type Points = [number, number | null][];

/** Losses, each the mean of as many optimizer steps, at the last of them. */
export type Losses = [step: number, loss: number][];

/** The first event of a connection: everything that is known. */
export interface Hello {
  about: About;
  losses: Losses;
  validation: Losses;
  progress: Progress | null;
  chart: Chart | null;
  sample: Sample | null;
  end: End | null;
}

/** The facts that do not change. */
export interface About {
  subject: string;
  data: string;
  facts: [name: string, value: string][];
  shapes: [name: string, shape: string][];
  parameters: number;
  /** The name of the loss. */
  loss: string;
  /** The forecast, or the model of text, that the network has to beat. */
  baseline: { legend: string; name: string };
  has_validation: boolean;
  file: string;
}

export interface Step {
  losses: Losses;
  validation: Losses;
  progress: Progress;
}

export interface Progress {
  step: number;
  steps: number;
  loss: number | null;
  validation: number | null;
  /** The loss of the naive forecast on the window of this step, and the mean over steps. */
  naive: number | null;
  mean_naive: number | null;
  rate: number;
  grad_norm: number | null;
  steps_per_second: number | null;
  best_step: number | null;
  seconds: number;
  seconds_left: number | null;
  note: string | null;
}

export type Labels = [at: number, label: string][];

/** The window of a step, or the test set. */
export interface Chart {
  input: Points;
  prediction: Points;
  target: Points;
  x: [number | null, number | null];
  y: [number | null, number | null];
  x_ticks: Labels;
  y_ticks: Labels;
  x_label: string;
}

/** A text that the network has generated. */
export interface Sample {
  step: number;
  text: string;
}

export interface End {
  state: "finished" | "interrupted" | "failed";
  message: string | null;
  result: Result | null;
}

export interface Result {
  file: string;
  early: boolean;
  test_steps: number;
  scores: { name: string; mase: number | null; smape: number | null }[];
  claim: string | null;
  chart: Chart | null;
}
