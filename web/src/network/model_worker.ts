// Model files in the worker of a network: the module that forecasts knows their format.
import { Engine as Forecaster, Refused } from "../file/engine";
import type { Engine } from "./engine";
import type { Settings, ToPage, ToWorker } from "./protocol";

type Tell = (message: ToPage, transfer?: Transferable[]) => void;
type Of<Kind> = Extract<ToWorker, { type: Kind }>;

/** Sends the network of `engine` as a model file. */
export function save(engine: Engine, { module, settings }: Of<"save">, tell: Tell): Promise<void> {
  return answered(tell, async () => {
    const forecaster = await start(module);
    const file = forecaster.writeModel({ ...settings, step: engine.stepCount() }, engine.weights());
    tell({ type: "saved", file, name: settings.data }, [file.buffer as ArrayBuffer]);
  });
}

/** Makes the network of a model file; `created` is called before its settings are sent. */
export function open(engine: Engine, { module, file, usual }: Of<"open">, tell: Tell, created: () => void): Promise<void> {
  return answered(tell, async () => {
    const forecaster = await start(module);
    const { settings: { step, ...read }, weights } = forecaster.readModel<Settings & { step: number }>(file);
    // A series of the engine has no drawn period.
    const settings = { ...read, drawn: read.data === "drawn" ? read.drawn : usual.drawn };
    engine.create(settings);
    engine.setWeights(weights, step);
    tell({ type: "opened", settings });
    created();
  });
}

const start = async (module: Uint8Array) => Forecaster.start(await WebAssembly.compile(module as BufferSource));

/** Does some work; a file or a setting that the library refuses is a message to the page. */
async function answered(tell: Tell, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { message, help } = error.refusal;
    tell({ type: "refused", message: help === null ? `${message}.` : `${message}: ${help}.` });
  }
}
