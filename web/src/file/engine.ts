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
  elman_model_write(): number;
  elman_model_read(): number;
  elman_model_weights(): number;
  elman_model_weights_len(): number;
}

/** Numbers of the inputs; the weights are those of the pretrained network, or of a network for a model file. */
const INPUT = { file: 0, name: 1, settings: 2, weights: 3 };

/** An error of the library, which a person can do something about. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

export class Engine {
  private constructor(private readonly wasm: Exports) {}

  /** A new instance of the module; forecasts need the pretrained network. */
  static async start(module: WebAssembly.Module, weights: Uint8Array | null = null): Promise<Engine> {
    const instance = await WebAssembly.instantiate(module);
    const engine = new Engine(instance.exports as unknown as Exports);
    if (weights !== null) engine.put(INPUT.weights, weights);
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

  /** The model file of a network that was trained in the page, of its settings and weights. */
  writeModel(settings: object, weights: Float32Array): Uint8Array {
    this.put(INPUT.settings, new TextEncoder().encode(JSON.stringify(settings)));
    this.put(INPUT.weights, new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength));
    this.check(this.wasm.elman_model_write());
    return this.text();
  }

  /** Reads a model file of the page: its settings and weights. */
  readModel<Settings>(file: Uint8Array): { settings: Settings; weights: Float32Array } {
    this.put(INPUT.file, file);
    const settings = this.json<Settings>(this.wasm.elman_model_read());
    const [at, len] = [this.wasm.elman_model_weights(), this.wasm.elman_model_weights_len()];
    return { settings, weights: new Float32Array(this.wasm.memory.buffer, at, len).slice() };
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
