// Trains in slices of a few milliseconds, and tells the page about it no faster than it draws.
import { Engine } from "./engine";
import type { Work } from "../worker";
import type { Speed, Stop, ToPage, ToWorker } from "./protocol";

type Tell = (message: ToPage, transfer?: Transferable[]) => void;

/** The longest slice of training, in milliseconds: messages of the page wait no longer. */
const SLICE = 8;
/** The shortest time between two snapshots, in milliseconds. */
const FRAME = 16;
/** The ramp: optimizer steps per second at its start, the factor by which they grow each second, and their limit. */
const RAMP = { start: 30, growth: 4, end: 1000 };

let tell: Tell = () => {};
let engine: Engine | null = null;
let bytes: Uint8Array | null = null;
let stop: Stop | null = "paused";
let speed: Speed = "ramp";
/** Optimizer steps that are due, and when they were counted last. */
let due = 0;
let counted = 0;
let rampStart = 0;
/** Optimizer steps in one call of the engine: about a millisecond. */
let chunk = 1;
let isDrawing = false;
let lastSnapshot = 0;
const speedometer = { since: 0, steps: 0, value: 0 };

// A message to oneself comes at once; a timer waits at least four milliseconds.
const again = new MessageChannel();
again.port1.onmessage = () => void guarded(tick);

function play(): void {
  stop = null;
  due = 0;
  counted = rampStart = performance.now();
  Object.assign(speedometer, { since: counted, steps: 0 });
  again.port2.postMessage(null);
}

/** Optimizer steps per second that are asked for now. */
function asked(now: number): number {
  switch (speed) {
    case "full": return Infinity;
    case "ramp": return Math.min(RAMP.end, RAMP.start * RAMP.growth ** ((now - rampStart) / 1000));
    default: return Number(speed);
  }
}

function tick(): void {
  if (stop !== null || engine === null) return;
  const start = performance.now();
  due += (asked(start) * (start - counted)) / 1000;
  counted = start;
  train(engine, start);
  // Steps that this machine could not do are not made up for.
  if (due > chunk) due = chunk;
  measure(performance.now());
  if (stop !== null || performance.now() - lastSnapshot >= FRAME) snapshot(stop !== null);
  if (stop !== null) return;
  if (due < 1) setTimeout(() => void guarded(tick), 4);
  else again.port2.postMessage(null);
}

function train(engine: Engine, start: number): void {
  while (due >= 1 && performance.now() - start < SLICE) {
    const count = Math.min(Math.floor(due), chunk);
    const before = performance.now();
    const status = engine.step(count);
    const took = performance.now() - before;
    if (count === chunk) chunk = Math.max(1, Math.min(4096, took < 0.5 ? chunk * 2 : Math.round(chunk / took)));
    due -= count;
    speedometer.steps += count;
    if (status !== "running") {
      stop = status;
      return;
    }
  }
}

function measure(now: number): void {
  const seconds = (now - speedometer.since) / 1000;
  if (seconds < 0.5) return;
  speedometer.value = speedometer.steps / seconds;
  Object.assign(speedometer, { since: now, steps: 0 });
}

/** Sends what the page draws, unless it is still drawing the last one and this one can be left out. */
function snapshot(must = true): void {
  if (engine === null || (isDrawing && !must)) return;
  isDrawing = true;
  const { value: stepsPerSecond } = speedometer;
  const seen = { type: "snapshot" as const, ...engine.evaluate(), stepsPerSecond, stop };
  const { values, predictions, future, hidden } = seen;
  tell(seen, [values, predictions, future, hidden].map((array) => array.buffer as ArrayBuffer));
  lastSnapshot = performance.now();
}

async function answer(message: ToWorker): Promise<void> {
  if (engine === null) return;
  switch (message.type) {
    case "create":
      stop = "paused";
      speedometer.value = 0;
      engine.create(message.settings);
      return snapshot();
    case "live":
      engine.set(message.rate, message.carry);
      return snapshot();
    case "speed":
      speed = message.speed;
      rampStart = counted = performance.now();
      due = 0;
      return;
    case "play":
      if (stop === "paused") return play();
      // The page is told again why training stands still.
      return stop === null ? undefined : snapshot();
    case "pause":
      if (stop === null) stop = "paused";
      return snapshot();
    case "step": {
      const status = engine.step(1);
      stop = status === "running" ? "paused" : status;
      return snapshot();
    }
    case "rewind":
      engine.rewind();
      stop = "paused";
      return snapshot();
    case "drawn":
      isDrawing = false;
  }
}

/** Does some work; its error is told to the page. */
async function guarded(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    stop = "paused";
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    // After a trap the memory of the engine is in no known state: the next network gets a new engine.
    if (error instanceof WebAssembly.RuntimeError && bytes !== null) engine = await Engine.load(bytes);
  }
}

/** Training of one network for the view of networks. */
export const work: Work<ToPage, ToWorker> = {
  async load(module, toPage) {
    [bytes, tell] = [module, toPage];
    engine = await Engine.load(module);
    tell({ type: "ready", catalog: engine.catalog });
  },
  take: (message) => void guarded(() => answer(message)),
};
