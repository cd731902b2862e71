// Points of a curve over optimizer steps, in limited number.

/** Points of a curve; above, neighbors are merged. */
const MOST_POINTS = 1000;

export class Curve<Point extends { step: number }> {
  points: Point[] = [];
  /** Optimizer steps between two points. */
  private stride = 1;

  /** Drops the points from a step on: training has returned to an earlier state. */
  cut(from: number): void {
    const last = this.points.at(-1);
    if (last && last.step >= from) this.points = this.points.filter(({ step }) => step < from);
  }

  add(point: Point): void {
    this.cut(point.step);
    const last = this.points.at(-1);
    if (last && point.step - last.step < this.stride) return;
    this.points.push(point);
    if (this.points.length > MOST_POINTS) {
      this.points = this.points.filter((_, i) => i % 2 === 0);
      const [first, end] = [this.points[0]!, this.points.at(-1)!];
      this.stride = (end.step - first.step) / this.points.length;
    }
  }

  clear(): void {
    this.points = [];
    this.stride = 1;
  }
}
