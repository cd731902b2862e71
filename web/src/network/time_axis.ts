// The time steps that forecast, heat map and influence are drawn over, in the same place of all pictures.

/** Time steps in the test set, and as many before it are drawn. */
export const TEST_LEN = 60;
export const SHOWN = 2 * TEST_LEN;

export const LEFT = 44;
export const RIGHT = 10;

export interface TimeAxis {
  /** The first time step drawn, and the first of the test set. */
  from: number;
  cutoff: number;
  /** The width of a time step. */
  step: number;
  x(t: number): number;
}

export function timeAxis({ width }: { width: number }, len: number): TimeAxis {
  const from = len - SHOWN;
  const step = (width - LEFT - RIGHT) / SHOWN;
  return { from, cutoff: len - TEST_LEN, step, x: (t) => LEFT + (t - from + 0.5) * step };
}

/** The time step under a point of a canvas, or the nearest one. */
export function timeAt(canvas: HTMLCanvasElement, len: number, x: number): number {
  const { from, step } = timeAxis({ width: canvas.clientWidth }, len);
  return from + Math.min(SHOWN - 1, Math.max(0, Math.floor((x - LEFT) / step)));
}

/** A time step in words: its distance from the start of the test set. */
export function named(t: number, len: number): string {
  const ahead = t - (len - TEST_LEN);
  return `${ahead < 0 ? "−" : "+"}${Math.abs(ahead)}`;
}

/** Where windows of `seqLength` time steps start: one of them at the test set. */
export function windowStarts({ from, cutoff }: TimeAxis, seqLength: number): number[] {
  const first = from + (((cutoff - from) % seqLength) + seqLength) % seqLength;
  return Array.from({ length: Math.ceil((from + SHOWN - first) / seqLength) }, (_, i) => first + i * seqLength);
}
