// The module that forecasts a file: WebAssembly with plain functions. Views of its memory are made anew for each use, because
// memory that grows detaches old ones.
import type { About, Refusal, Report, Series, Settings } from "./protocol";

interface Exports {
  memory: WebAssembly.Memory;
  elman_file_input(which: number, len: number): number;
  elman_file_start(): number;
  elman_file_read(): number;
  elman_file_forecast(horizon: number): number;
  elman_file_series(index: number): number;
  elman_file_table(): number;
  elman_file_answer(): number;
  elman_file_answer_len(): number;
  elman_file_panic(): number;
  elman_file_panic_len(): number;
}

const INPUT = { file: 0, name: 1, settings: 2, weights: 3 };

/** An error of the library, which a person can do something about. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

export class Engine {
  private constructor(private readonly wasm: Exports) {}

  /** A new instance of the module, with the pretrained network. */
  static async start(module: WebAssembly.Module, weights: Uint8Array): Promise<Engine> {
    const instance = await WebAssembly.instantiate(module);
    const engine = new Engine(instance.exports as unknown as Exports);
    engine.put(INPUT.weights, weights);
    engine.check(engine.wasm.elman_file_start());
    return engine;
  }

  read(file: Uint8Array, name: string, settings: Settings): About {
    const utf8 = new TextEncoder();
    this.put(INPUT.file, file);
    this.put(INPUT.name, utf8.encode(name));
    this.put(INPUT.settings, utf8.encode(JSON.stringify(settings)));
    return this.json(this.wasm.elman_file_read());
  }

  forecast(horizon: number): Report {
    return this.json(this.wasm.elman_file_forecast(horizon));
  }

  series(index: number): Series {
    return this.json(this.wasm.elman_file_series(index));
  }

  /** The forecast of all series as CSV. */
  table(): Uint8Array {
    this.check(this.wasm.elman_file_table());
    return this.text();
  }

  /** The message of the panic after a trap. */
  panic(): string {
    return decode(this.bytes(this.wasm.elman_file_panic(), this.wasm.elman_file_panic_len()));
  }

  private put(which: number, bytes: Uint8Array): void {
    const at = this.wasm.elman_file_input(which, bytes.length);
    new Uint8Array(this.wasm.memory.buffer, at, bytes.length).set(bytes);
  }

  private json<T>(status: number): T {
    this.check(status);
    return JSON.parse(decode(this.text())) as T;
  }

  private check(status: number): void {
    if (status !== 0) throw new Refused(JSON.parse(decode(this.text())) as Refusal);
  }

  private text(): Uint8Array {
    return this.bytes(this.wasm.elman_file_answer(), this.wasm.elman_file_answer_len());
  }

  private bytes(at: number, len: number): Uint8Array {
    return new Uint8Array(this.wasm.memory.buffer, at, len).slice();
  }
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
