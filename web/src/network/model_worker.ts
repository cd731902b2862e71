// Model files in the worker of a network: the module that forecasts knows their format.
import { Engine as Forecaster, Refused } from "../file/engine";
import type { Message, Settings } from "./protocol";

/** Settings of a network, and its optimizer steps. */
type Trained = Settings & { step: number };

const start = async (module: Uint8Array) => Forecaster.start(await WebAssembly.compile(module as BufferSource));

/** The model file of a network. */
export async function write(module: Uint8Array, trained: Trained, weights: Float32Array): Promise<Uint8Array> {
  return (await start(module)).writeModel(trained, weights);
}

/** The network of a model file; `usual` has the drawn period of a file that has none. */
export async function read(module: Uint8Array, file: Uint8Array, usual: Settings) {
  const { settings, weights } = (await start(module)).readModel<Trained>(file);
  const drawn = settings.data === "drawn" ? settings.drawn : usual.drawn;
  return { settings: { ...settings, drawn }, weights };
}

/** Does some work; a file or a setting that the library refuses is a message to the page. */
export async function answered(tell: (message: Message) => void, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { message, help } = error.refusal;
    tell({ type: "refused", message: help === null ? `${message}.` : `${message}: ${help}.` });
  }
}
