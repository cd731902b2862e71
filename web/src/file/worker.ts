// Reads and forecasts one file at a time.
import { Engine, Refused } from "./engine";
import type { Work } from "../worker";
import type { ToPage, ToWorker } from "./protocol";

let tell: (message: ToPage, transfer?: Transferable[]) => void = () => {};
let module: Promise<WebAssembly.Module> | null = null;
let weights: Uint8Array | null = null;
let engine: Engine | null = null;

async function answer(message: ToWorker): Promise<void> {
  const { run } = message;
  if (message.type === "weights") weights = message.bytes;
  if (module === null || weights === null) return;
  engine ??= await Engine.start(await module, weights);
  switch (message.type) {
    case "weights":
      return;
    case "read":
      return tell({ run, type: "read", about: engine.read(message.bytes, message.name, message.settings) });
    case "forecast": {
      const start = performance.now();
      const report = engine.forecast(message.horizon);
      return tell({ run, type: "report", report, milliseconds: performance.now() - start });
    }
    case "series":
      return tell({ run, type: "series", series: engine.series(message.index) });
    case "table": {
      const csv = engine.table();
      return tell({ run, type: "table", csv }, [csv.buffer as ArrayBuffer]);
    }
  }
}

function refuse(run: number, error: unknown): void {
  if (error instanceof Refused) return tell({ run, type: "refused", refusal: error.refusal });
  const trap = error instanceof WebAssembly.RuntimeError;
  const message = (trap && engine?.panic()) || (error instanceof Error ? error.message : String(error));
  // After a trap the memory of the module is in no known state: the next file gets a new instance.
  if (trap) engine = null;
  tell({ run, type: "failed", message });
}

/** One request after the other: the first one starts the module. */
let queue = Promise.resolve();

/** Forecasts of a file for the view of files. */
export const work: Work<ToPage, ToWorker> = {
  async load(bytes, toPage) {
    tell = toPage;
    module = WebAssembly.compile(bytes as BufferSource);
    tell({ type: "ready" });
  },
  take(message) {
    queue = queue.then(() => answer(message)).catch((error: unknown) => refuse(message.run, error));
  },
};
