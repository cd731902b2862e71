// Workers: each runs one engine of its own, for one view.

/** The work of a worker; each is a module of `worker.ts`. */
export type Role = "network" | "text" | "file";

const text = (id: string) => document.getElementById(id)?.textContent ?? "";

/** Starts a worker with an engine. A browser without WebAssembly vectors, or an engine that cannot be had, calls `failed`. */
export function start(role: Role, failed: (message: string) => void, wasm: Promise<Uint8Array> = engine()): Worker {
  const script = new Blob([text("worker")], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(script));
  worker.onerror = () => failed("The worker could not start: this page needs WebAssembly with vectors.");
  wasm.then(
    (engine) => worker.postMessage({ type: "load", role, engine }),
    (error: Error) => failed(error.message),
  );
  return worker;
}

let unpacked: Promise<Uint8Array> | null = null;

/** The engine, which is in the page as gzip in base64. */
function engine(): Promise<Uint8Array> {
  unpacked ??= unpack(text("engine"));
  return unpacked;
}

/** A file that is in the page as gzip in base64; null if it is not. */
export async function embedded(id: string): Promise<Uint8Array | null> {
  return text(id) === "" ? null : unpack(text(id));
}

async function unpack(base64: string): Promise<Uint8Array> {
  if (!("DecompressionStream" in window)) {
    throw new Error("This browser cannot unpack the engine: the page needs a browser of 2023 or later.");
  }
  const packed = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
