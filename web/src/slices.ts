// Training in slices of a few milliseconds: messages of the page are answered between two slices, and the page is told
// about training no faster than it draws.

export type Status = "running" | "diverged" | "finished";

/** Why training stands still. */
export type Stop = "paused" | "diverged" | "finished";

/** Optimizer steps per second; "ramp" starts slowly and accelerates, "full" has no limit. */
export type Speed = "ramp" | "full" | "1" | "10" | "100";

/** What is trained, and how the page is told about it. */
export interface Training {
  /** Does `count` optimizer steps. */
  step(count: number): Status;
  /** Sends what the page draws. */
  send(stepsPerSecond: number, stop: Stop | null): void;
  /** Tells the page about an error. */
  fail(error: unknown): Promise<void>;
}

/** The longest slice of training, in milliseconds: messages of the page wait no longer. */
const SLICE = 8;
/** The shortest time between two snapshots, in milliseconds. */
const FRAME = 16;
/** Snapshots on the way to a number of optimizer steps. */
const SNAPSHOTS = 200;
/** The ramp: optimizer steps per second at its start, the factor by which they grow each second, and their limit. */
const RAMP = { start: 30, growth: 4, end: 1000 };

export class Slices {
  stop: Stop | null = "paused";
  private speed: Speed;
  /** Optimizer steps that are due, and when they were counted last. */
  private due = 0;
  private counted = 0;
  private rampStart = 0;
  /** Optimizer steps until training pauses. */
  private left = Infinity;
  /** Optimizer steps between two snapshots until then: the same curve for the same number of steps. */
  private every = 1;
  /** Optimizer steps in one call of the engine: about a millisecond. */
  private chunk = 1;
  /** The number of this start of training: ticks of an earlier one do nothing. */
  private run = 0;
  private isDrawing = false;
  private lastSnapshot = 0;
  private readonly speedometer = { since: 0, steps: 0, value: 0 };
  // A message to oneself comes at once; a timer waits at least four milliseconds.
  private readonly again = new MessageChannel();

  constructor(private readonly training: Training, speed: Speed = "ramp") {
    this.speed = speed;
    this.again.port1.onmessage = ({ data: run }) => void this.guarded(() => this.tick(run));
  }

  /** Starts or continues training, unless it has ended: the page is then told again why it stands still. */
  play(): void {
    if (this.stop !== "paused") return this.stop === null ? undefined : this.snapshot();
    this.stop = null;
    this.run += 1;
    this.due = 0;
    this.counted = this.rampStart = performance.now();
    Object.assign(this.speedometer, { since: this.counted, steps: 0 });
    this.again.port2.postMessage(this.run);
  }

  /** Does `count` optimizer steps as fast as possible, and pauses. */
  playFor(count: number): void {
    this.left = count;
    this.every = Math.ceil(count / SNAPSHOTS);
    this.play();
  }

  pause(): void {
    this.left = Infinity;
    this.sleep();
  }

  /** Pauses while nobody sees it; [`play`] continues, up to the same number of optimizer steps. */
  sleep(): void {
    this.stop ??= "paused";
    this.snapshot();
  }

  /** Does one optimizer step, and pauses. */
  once(): void {
    this.left = Infinity;
    const status = this.training.step(1);
    this.stop = status === "running" ? "paused" : status;
    this.snapshot();
  }

  /** The network is another, or an earlier one: training waits for [`play`]. */
  rest(): void {
    this.stop = "paused";
    this.left = Infinity;
    this.chunk = 1;
    this.speedometer.value = 0;
  }

  setSpeed(speed: Speed): void {
    this.speed = speed;
    this.rampStart = this.counted = performance.now();
    this.due = 0;
  }

  /** The page has drawn the last snapshot. */
  drawn(): void {
    this.isDrawing = false;
  }

  /** The page looks at something else: sends it, unless training sends the next picture soon. */
  refresh(): void {
    if (this.stop !== null) this.snapshot();
  }

  /** Sends what the page draws, unless it is still drawing the last one and this one can be left out. */
  snapshot(must = true): void {
    if (this.isDrawing && !must) return;
    this.isDrawing = true;
    this.training.send(this.speedometer.value, this.stop);
    this.lastSnapshot = performance.now();
  }

  /** Does some work; its error ends training and is told to the page. */
  async guarded(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.stop = "paused";
      await this.training.fail(error);
    }
  }

  private tick(run: number): void {
    if (this.stop !== null || run !== this.run) return;
    const start = performance.now();
    const asked = this.asked(start);
    // Without a limit all are due, even if no time has passed: 0 times infinity is not a number.
    this.due += asked === Infinity ? Infinity : (asked * (start - this.counted)) / 1000;
    this.counted = start;
    this.train(start);
    // Steps that this machine could not do are not made up for.
    if (this.due > this.chunk) this.due = this.chunk;
    this.measure(performance.now());
    const isDue = this.left === Infinity && performance.now() - this.lastSnapshot >= FRAME;
    if (this.stop !== null || isDue) this.snapshot(this.stop !== null);
    if (this.stop !== null) return;
    if (this.due < 1) setTimeout(() => void this.guarded(() => this.tick(run)), 4);
    else this.again.port2.postMessage(run);
  }

  /** Optimizer steps per second that are asked for now. */
  private asked(now: number): number {
    if (this.left < Infinity) return Infinity;
    switch (this.speed) {
      case "full": return Infinity;
      case "ramp": return Math.min(RAMP.end, RAMP.start * RAMP.growth ** ((now - this.rampStart) / 1000));
      default: return Number(this.speed);
    }
  }

  private train(start: number): void {
    while (this.due >= 1 && performance.now() - start < SLICE) {
      const count = Math.min(Math.floor(this.due), this.chunk, this.toMark());
      const before = performance.now();
      const status = this.training.step(count);
      this.fit(count, performance.now() - before);
      this.due -= count;
      this.speedometer.steps += count;
      this.left -= count;
      if (status === "running" && this.left > 0) {
        if (this.left % this.every === 0) this.snapshot();
        continue;
      }
      this.stop = status === "running" ? "paused" : status;
      this.left = Infinity;
      return;
    }
  }

  /** Optimizer steps until the next snapshot on the way to a number of steps. */
  private toMark(): number {
    return this.left === Infinity ? Infinity : this.left % this.every || this.every;
  }

  /** Fits the chunk to a millisecond: `count` optimizer steps took `took` milliseconds. */
  private fit(count: number, took: number): void {
    const fits = Math.max(1, Math.floor(count / took));
    if (took > 1) this.chunk = Math.min(this.chunk, fits);
    // A smaller call says nothing about a chunk.
    else if (count === this.chunk) this.chunk = Math.min(4096, this.chunk * 2, fits);
  }

  private measure(now: number): void {
    const seconds = (now - this.speedometer.since) / 1000;
    if (seconds < 0.5) return;
    this.speedometer.value = this.speedometer.steps / seconds;
    Object.assign(this.speedometer, { since: now, steps: 0 });
  }
}
