// A worker does the work of one view: its first message says which, and brings the engine.
import * as file from "./file/worker";
import * as network from "./network/worker";
import * as text from "./text/worker";
import type { Role } from "./thread";

/** The messages of a view after the first; `load` answers that the worker is ready. */
export interface Work<ToPage, ToWorker> {
  load(engine: Uint8Array, tell: (message: ToPage, transfer?: Transferable[]) => void): Promise<void>;
  take(message: ToWorker): void;
}

const WORK: Record<Role, Work<never, never>> = {
  network: network.work as Work<never, never>,
  text: text.work as Work<never, never>,
  file: file.work as Work<never, never>,
};

const port = self as unknown as {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
};

port.onmessage = ({ data: { role, engine } }: MessageEvent<{ role: Role; engine: Uint8Array }>) => {
  const work = WORK[role];
  port.onmessage = ({ data }) => work.take(data as never);
  void work.load(engine, (message, transfer = []) => port.postMessage(message, transfer));
};
