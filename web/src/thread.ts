// Workers: each runs one engine of its own, for one view.

/** The work of a worker; each is a module of `worker.ts`. */
export type Role = "network" | "text";

const text = (id: string) => document.getElementById(id)?.textContent ?? "";

/** Starts a worker with an engine. A browser without WebAssembly vectors, or without gzip, calls `failed`. */
export function start(role: Role, failed: (message: string) => void): Worker {
  const script = new Blob([text("worker")], { type: "text/javascript" });
  const worker = new Worker(URL.createObjectURL(script));
  worker.onerror = () => failed("The worker could not start: this page needs WebAssembly with vectors.");
  engine().then(
    (engine) => worker.postMessage({ type: "load", role, engine }),
    () => failed("This browser cannot unpack the engine: the page needs a browser of 2023 or later."),
  );
  return worker;
}

let unpacked: Promise<Uint8Array> | null = null;

/** The engine, which is in the page as gzip in base64. */
function engine(): Promise<Uint8Array> {
  unpacked ??= unpack(text("engine"));
  return unpacked;
}

async function unpack(base64: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
