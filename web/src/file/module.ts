// The module that forecasts, and the pretrained network. They are in the page that `elman play --export` writes; the server of
// `elman play` has them beside the page, and they are loaded when they are first wanted.
import { embedded } from "../thread";

export interface Parts {
  module: Uint8Array;
  weights: Uint8Array;
}

const NOT_HERE =
  "This copy of the page is without the forecasting module. Run `elman play`, which serves all of it, or `elman play --export " +
  "FILE.html`, which writes all of it into one file.";

async function part(id: string, path: string): Promise<Uint8Array> {
  const here = await embedded(id);
  if (here !== null) return here;
  if (!location.protocol.startsWith("http")) throw new Error(NOT_HERE);
  const answer = await fetch(path).catch(() => {
    throw new Error("The server of this page does not answer. Start `elman play` again, and load the page anew.");
  });
  if (!answer.ok) throw new Error(NOT_HERE);
  return new Uint8Array(await answer.arrayBuffer());
}

let loading: Promise<Uint8Array> | null = null;

/** The module that forecasts, which also reads and writes model files. It is loaded once. */
export function forecastModule(): Promise<Uint8Array> {
  loading ??= part("forecast-module", "forecast.wasm").catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** Loads both parts. */
export async function parts(): Promise<Parts> {
  const [module, weights] = await Promise.all([
    forecastModule(),
    part("pretrained", "pretrained.safetensors"),
  ]);
  return { module, weights };
}
