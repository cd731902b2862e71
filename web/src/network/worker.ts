// Trains one network for the view of networks.
import { Slices } from "../slices";
import type { Work } from "../worker";
import { Engine } from "./engine";
import { answered, read, write } from "./model_worker";
import type { Look, Message, Settings, ToPage, ToWorker } from "./protocol";

let send: (message: ToPage, transfer: Transferable[]) => void = () => {};
let engine: Engine | null = null;
let bytes: Uint8Array | null = null;
/** The number of the network, and whether there is one: some settings have none. */
let run = 0;
let hasNetwork = false;
let look: Look = { quantity: 0, layer: 0, unit: 0, back: null, parameter: null };

const tell = (message: Message, transfer: Transferable[] = []) => send({ ...message, run }, transfer);

const slices = new Slices({
  step: (count) => engine!.step(count),
  send(stepsPerSecond, stop) {
    const seen = { type: "snapshot" as const, ...engine!.evaluate(look), stepsPerSecond, stop };
    const { values, predictions, future, map, state, matrix } = seen;
    tell(seen, [values, predictions, future, map, state, matrix].map((array) => array.buffer as ArrayBuffer));
  },
  async fail(error) {
    tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
    // After a trap the memory of the engine is in no known state: the next network gets a new engine.
    if (!(error instanceof WebAssembly.RuntimeError) || bytes === null) return;
    hasNetwork = false;
    engine = await Engine.load(bytes);
  },
});

/** Makes the network number `next`; returns whether there is one. */
function create(next: number, settings: Settings): boolean {
  slices.rest();
  [run, hasNetwork] = [next, false];
  try {
    engine!.create(settings);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    tell({ type: "invalid", message: (error as Error).message });
    return false;
  }
  hasNetwork = true;
  return true;
}

/** Tells the page about a new network. */
function show(): void {
  tell({ type: "created", description: engine!.describe() });
  slices.snapshot();
}

/** Sends the network as a model file. */
function save({ module, settings }: Extract<ToWorker, { type: "save" }>): Promise<void> {
  // The network may change while the module starts.
  const [step, weights] = [engine!.stepCount(), engine!.weights()];
  if (step === 0) return Promise.resolve(tell({ type: "refused", message: "The network is not trained yet: click Play or Step first." }));
  return answered(tell, async () => {
    const file = await write(module, { ...settings, step }, weights);
    tell({ type: "saved", file, name: settings.data }, [file.buffer as ArrayBuffer]);
  });
}

/** Makes the network of a model file. */
function open({ run: next, module, file, usual }: Extract<ToWorker, { type: "open" }>): Promise<void> {
  return answered(tell, async () => {
    const { settings: { step, ...settings }, weights } = await read(module, file, usual);
    if (!create(next, settings)) return;
    engine!.setWeights(weights, step);
    tell({ type: "opened", settings });
    show();
  });
}

function answer(message: ToWorker): void | Promise<void> {
  if (engine === null) return;
  switch (message.type) {
    case "create":
      if (!create(message.run, message.settings)) return;
      show();
      return message.steps > 0 ? slices.playFor(message.steps) : undefined;
    case "open":
      return open(message);
    case "speed":
      return slices.setSpeed(message.speed);
    case "drawn":
      return slices.drawn();
    case "look":
      look = message.look;
  }
  return hasNetwork ? change(engine, message) : undefined;
}

/** Messages about a network. */
function change(engine: Engine, message: ToWorker): void | Promise<void> {
  switch (message.type) {
    case "look":
      return slices.refresh();
    case "live":
      engine.set(message.rate, message.carry);
      return slices.snapshot();
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
    case "save":
      return save(message);
  }
}

/** Training of one network for the view of networks. */
export const work: Work<ToPage, ToWorker> = {
  async load(module, toPage) {
    [bytes, send] = [module, toPage];
    engine = await Engine.load(module);
    tell({ type: "ready", catalog: engine.catalog });
  },
  take: (message) => void slices.guarded(() => answer(message)),
};
