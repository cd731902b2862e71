// Trains one character model for the text view, reads its passage and writes samples.
import { Slices, type Status, type Stop } from "../slices";
import type { Work } from "../worker";
import { Engine } from "./engine";
import type { Message, Settings, ToPage, ToWorker } from "./protocol";

/** Characters of a sample. */
const LENGTH = 200;
/** Steps whose samples stay in the list: they are the same in each run with the same settings. */
const STAYING = [0, 50, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000];
/** The shortest time between two samples, and between two readings, in milliseconds. */
const SAMPLE = 1000;
const READ = 300;
/** A reading costs at most this share of the time. */
const READ_SHARE = 0.1;

let post: (message: ToPage, transfer: Transferable[]) => void = () => {};
let engine: Engine | null = null;
let bytes: Uint8Array | null = null;
/** The number of the network, and whether there is one: a text that is too short has none. */
let run = 0;
let hasNetwork = false;
let sampling = { temperature: 1, prompt: "" };
let lastSample = 0;
let nextReading = 0;

const tell = (message: Message, transfer: Transferable[] = []) => post({ ...message, run }, transfer);

const slices = new Slices({ step: train, send, fail }, "full");

/** Does optimizer steps; stops between them where a sample stays. */
function train(count: number): Status {
  let [status, left]: [Status, number] = ["running", count];
  while (left > 0 && status === "running") {
    const step = engine!.number("step");
    const next = STAYING.find((at) => at > step) ?? Infinity;
    const some = Math.min(left, next - step);
    status = engine!.step(some);
    left -= some;
    if (engine!.number("step") === next) {
      read();
      sample(true);
    }
  }
  return status;
}

/** Tells about training; and, now and then, what the network reads and writes. */
function send(stepsPerSecond: number, stop: Stop | null): void {
  if (engine === null || !hasNetwork) return;
  const now = performance.now();
  if (stop !== null || now >= nextReading) read();
  if (stop !== null || now - lastSample >= SAMPLE) sample(false);
  tell({
    type: "snapshot", step: engine.number("step"), loss: engine.number("loss"), gradNorm: engine.number("gradNorm"),
    stepsPerSecond, stop,
  });
}

function read(): void {
  const start = performance.now();
  const reading = engine!.read();
  const end = performance.now();
  nextReading = end + Math.max(READ, (end - start) / READ_SHARE);
  const { hidden, likely, probabilities, actual } = reading;
  tell(reading, [hidden, likely, probabilities, actual].map((array) => array.buffer as ArrayBuffer));
}

/** Writes a sample; a prompt that cannot be used is told to the page. */
function sample(stays: boolean): void {
  lastSample = performance.now();
  const { temperature, prompt } = sampling;
  try {
    const text = engine!.sample(prompt, temperature, LENGTH);
    const [step, validation] = [engine!.number("step"), engine!.number("validation")];
    tell({ type: "sample", step, validation, temperature, prompt, text, stays });
    tell({ type: "prompt", message: null });
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    tell({ type: "prompt", message: (error as Error).message });
  }
}

function create(next: number, settings: Settings, own: string): void {
  slices.rest();
  run = next;
  hasNetwork = false;
  sampling = { temperature: settings.temperature, prompt: settings.prompt };
  try {
    engine!.create(settings, own);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return tell({ type: "refused", message: (error as Error).message });
  }
  hasNetwork = true;
  tell(engine!.corpus());
  read();
  sample(true);
  slices.snapshot();
}

async function fail(error: unknown): Promise<void> {
  tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
  hasNetwork = false;
  // After a trap the memory of the engine is in no known state: the next network gets a new engine.
  if (error instanceof WebAssembly.RuntimeError && bytes !== null) engine = await Engine.load(bytes);
}

function answer(message: ToWorker): void {
  if (engine === null) return;
  if (message.type === "create") return create(message.run, message.settings, message.own);
  if (message.type === "speed") return slices.setSpeed(message.speed);
  if (message.type === "sampling") sampling = { temperature: message.temperature, prompt: message.prompt };
  if (!hasNetwork) return;
  switch (message.type) {
    case "live":
      engine.set(message.rate, message.carry);
      return slices.snapshot();
    case "sampling":
      return sample(false);
    case "find":
      read();
      return tell(engine.find(message.property));
    case "play":
      return slices.play();
    case "pause":
      return slices.pause();
    case "sleep":
      return slices.sleep();
    case "step":
      return slices.once();
    case "rewind":
      engine.rewind();
      slices.rest();
      return slices.snapshot();
    case "drawn":
      return slices.drawn();
  }
}

/** Training of one character model for the text view. */
export const work: Work<ToPage, ToWorker> = {
  async load(module, toPage) {
    [bytes, post] = [module, toPage];
    engine = await Engine.load(module);
    tell({ type: "ready", catalog: engine.catalog });
  },
  take: (message) => void slices.guarded(() => answer(message)),
};
