// Trains one network for the view of networks.
import { Slices } from "../slices";
import type { Work } from "../worker";
import { Engine } from "./engine";
import { open, save } from "./model_worker";
import type { Look, ToPage, ToWorker } from "./protocol";

type Tell = (message: ToPage, transfer?: Transferable[]) => void;

let tell: Tell = () => {};
let engine: Engine | null = null;
let bytes: Uint8Array | null = null;
let look: Look = { quantity: 0, layer: 0, unit: 0, back: null, parameter: null };

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
    if (error instanceof WebAssembly.RuntimeError && bytes !== null) engine = await Engine.load(bytes);
  },
});

function answer(message: ToWorker): void | Promise<void> {
  if (engine === null) return;
  switch (message.type) {
    case "create":
      slices.rest();
      engine.create(message.settings);
      created(engine);
      return message.steps > 0 ? slices.playFor(message.steps) : undefined;
    case "look":
      look = message.look;
      return slices.refresh();
    case "live":
      engine.set(message.rate, message.carry);
      return slices.snapshot();
    case "speed":
      return slices.setSpeed(message.speed);
    case "play":
      return slices.play();
    case "pause":
      return slices.pause();
    case "step":
      return slices.once();
    case "rewind":
      engine.rewind();
      slices.rest();
      return slices.snapshot();
    case "save":
      return save(engine, message, tell);
    case "open":
      slices.rest();
      return open(engine, message, tell, () => created(engine!));
    case "drawn":
      return slices.drawn();
  }
}

/** Tells the page about a new network. */
function created(engine: Engine): void {
  tell({ type: "created", description: engine.describe() });
  slices.snapshot();
}

/** Training of one network for the view of networks. */
export const work: Work<ToPage, ToWorker> = {
  async load(module, toPage) {
    [bytes, tell] = [module, toPage];
    engine = await Engine.load(module);
    tell({ type: "ready", catalog: engine.catalog });
  },
  take: (message) => void slices.guarded(() => answer(message)),
};
