// The engine: a WebAssembly module with plain functions.
import { catalogOf, placeIn, type Entry } from "../catalog";
import { floats, text } from "../memory";
import type { Status } from "../slices";
import type { Settings } from "./protocol";

interface Exports {
  memory: WebAssembly.Memory;
  elman_catalog(): number;
  elman_message(): number;
  elman_message_len(): number;
  elman_buffer(len: number): number;
  elman_create(
    cell: number, data: number, hidden: number, layers: number, seqLength: number, rate: number, carry: number,
    seed: number,
  ): number;
  elman_step(count: number): number;
  elman_rewind(): void;
  elman_set_learning_rate(rate: number): number;
  elman_set_carry(carry: number): void;
  elman_evaluate(): number;
  elman_values(which: number): number;
  elman_values_len(which: number): number;
  elman_step_count(): number;
  elman_parameters(): number;
  elman_loss(): number;
  elman_grad_norm(): number;
  elman_test_error(): number;
  elman_future_error(): number;
  elman_naive_error(): number;
}

const STATUS: Status[] = ["running", "diverged", "finished"];

export class Engine {
  readonly catalog: Entry[];

  private constructor(private readonly wasm: Exports) {
    wasm.elman_catalog();
    this.catalog = catalogOf(this.message());
  }

  static async load(bytes: Uint8Array): Promise<Engine> {
    const { instance } = await WebAssembly.instantiate(bytes as BufferSource);
    return new Engine(instance.exports as unknown as Exports);
  }

  create(settings: Settings): void {
    const { cell, data, hidden, layers, seqLength, rate, carry, seed, drawn } = settings;
    const at = this.wasm.elman_buffer(drawn.length);
    new Float64Array(this.wasm.memory.buffer, at, drawn.length).set(drawn);
    const [cellIndex, dataIndex] = [placeIn(this.catalog, "cell", cell), placeIn(this.catalog, "series", data)];
    this.check(this.wasm.elman_create(cellIndex, dataIndex, hidden, layers, seqLength, rate, Number(carry), seed));
  }

  step(count: number): Status {
    return this.check(this.wasm.elman_step(count));
  }

  rewind(): void {
    this.wasm.elman_rewind();
  }

  set(rate: number, carry: boolean): void {
    this.check(this.wasm.elman_set_learning_rate(rate));
    this.wasm.elman_set_carry(Number(carry));
  }

  /** Runs the network over the series: copies of what the page draws. */
  evaluate() {
    this.check(this.wasm.elman_evaluate());
    const wasm = this.wasm;
    return {
      step: wasm.elman_step_count(),
      loss: wasm.elman_loss(),
      gradNorm: wasm.elman_grad_norm(),
      parameters: wasm.elman_parameters(),
      testError: wasm.elman_test_error(),
      futureError: wasm.elman_future_error(),
      naiveError: wasm.elman_naive_error(),
      values: this.values(0),
      predictions: this.values(1),
      future: this.values(2),
      hidden: this.values(3),
    };
  }

  private values(which: number): Float32Array {
    return floats(this.wasm.memory, this.wasm.elman_values(which), this.wasm.elman_values_len(which));
  }

  private check(status: number): Status {
    const known = STATUS[status];
    if (known === undefined) throw new Error(this.message());
    return known;
  }

  private message(): string {
    return text(this.wasm.memory, this.wasm.elman_message(), this.wasm.elman_message_len());
  }
}
