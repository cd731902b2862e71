// The time steps that forecast and hidden state are drawn over, in the same place of both pictures.
import type { Surface } from "../canvas";

/** Time steps in the test set, and as many before it are drawn. */
export const TEST_LEN = 60;
export const SHOWN = 2 * TEST_LEN;

export const LEFT = 34;
export const RIGHT = 10;

export interface TimeAxis {
  /** The first time step drawn, and the first of the test set. */
  from: number;
  cutoff: number;
  /** The width of a time step. */
  step: number;
  x(t: number): number;
}

export function timeAxis({ width }: Surface, len: number): TimeAxis {
  const from = len - SHOWN;
  const step = (width - LEFT - RIGHT) / SHOWN;
  return { from, cutoff: len - TEST_LEN, step, x: (t) => LEFT + (t - from + 0.5) * step };
}

/** Where windows of `seqLength` time steps start: one of them at the test set. */
export function windowStarts({ from, cutoff }: TimeAxis, seqLength: number): number[] {
  const first = from + (((cutoff - from) % seqLength) + seqLength) % seqLength;
  return Array.from({ length: Math.ceil((from + SHOWN - first) / seqLength) }, (_, i) => first + i * seqLength);
}
