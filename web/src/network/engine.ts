// The engine: a WebAssembly module with plain functions.
import { catalogOf, placeIn, type Entry } from "../catalog";
import { floats, text } from "../memory";
import type { Status } from "../slices";
import type { Description, GateOfUnit, Gradients, Look, Settings } from "./protocol";

interface Exports {
  memory: WebAssembly.Memory;
  elman_catalog(): number;
  elman_message(): number;
  elman_message_len(): number;
  elman_buffer(len: number): number;
  elman_create(
    cell: number, data: number, hidden: number, layers: number, seqLength: number, rate: number, carry: number,
    seed: number, optimizer: number, schedule: number, clip: number, standardize: number,
  ): number;
  elman_step(count: number): number;
  elman_rewind(): void;
  elman_set_learning_rate(rate: number): number;
  elman_set_carry(carry: number): void;
  elman_evaluate(): number;
  elman_values(which: number): number;
  elman_values_len(which: number): number;
  elman_step_count(): number;
  elman_weights(): number;
  elman_weights_len(): number;
  elman_set_weights(step: number): number;
  elman_parameters(): number;
  elman_loss(): number;
  elman_grad_norm(): number;
  elman_rate(): number;
  elman_test_error(): number;
  elman_future_error(): number;
  elman_naive_error(): number;
  elman_show(quantity: number, layer: number): void;
  elman_describe(): number;
  elman_unit(layer: number, unit: number): number;
  elman_parameter(index: number): number;
  elman_parameter_len(index: number): number;
  elman_is_small(): number;
  elman_influence(t: number): number;
  elman_reach(share: number): number;
  elman_gradients(): number;
  elman_norms(which: number): number;
  elman_norms_len(): number;
  elman_window_norm(): number;
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
    const { hidden, layers, seqLength, rate, carry, seed, clip, standardize, drawn } = settings;
    this.put(drawn);
    const place = (family: string, name: string) => placeIn(this.catalog, family, name);
    this.check(this.wasm.elman_create(
      place("cell", settings.cell), place("series", settings.data), hidden, layers, seqLength, rate, Number(carry), seed,
      place("optimizer", settings.optimizer), place("schedule", settings.schedule), clip, Number(standardize),
    ));
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

  stepCount(): number {
    return this.wasm.elman_step_count();
  }

  weights(): Float32Array {
    return floats(this.wasm.memory, this.wasm.elman_weights(), this.wasm.elman_weights_len());
  }

  /** Continues from weights that a training has left after `step` optimizer steps. */
  setWeights(weights: Float32Array, step: number): void {
    this.put(weights);
    this.check(this.wasm.elman_set_weights(step));
  }

  /** Fills the buffer of the engine. */
  private put(values: ArrayLike<number>): void {
    const at = this.wasm.elman_buffer(values.length);
    new Float64Array(this.wasm.memory.buffer, at, values.length).set(values);
  }

  /** The series, the cell and the parameters of the network. */
  describe(): Description {
    this.wasm.elman_describe();
    const rows = this.table();
    const of = (kind: string) => rows.filter((row) => row[0] === kind).map((row) => row.slice(1));
    const [[mean, deviation, variance] = []] = of("series");
    return {
      scale: { mean: Number(mean), deviation: Number(deviation) },
      variance: Number(variance),
      quantities: of("quantity").map(([letter = "", name = "", low, high]) => ({
        letter, name, range: low ? [Number(low), Number(high)] : null,
      })),
      equations: of("equation").map(([text = ""]) => text),
      parameters: of("parameter").map(([name = "", shape = ""]) => ({ name, shape: shape.split(",").map(Number) })),
    };
  }

  /** Runs the network over the series: copies of what the page draws. */
  evaluate(look: Look) {
    const wasm = this.wasm;
    wasm.elman_show(look.quantity, look.layer);
    this.check(wasm.elman_evaluate());
    return {
      step: wasm.elman_step_count(),
      loss: wasm.elman_loss(),
      gradNorm: wasm.elman_grad_norm(),
      rate: wasm.elman_rate(),
      parameters: wasm.elman_parameters(),
      testError: wasm.elman_test_error(),
      futureError: wasm.elman_future_error(),
      naiveError: wasm.elman_naive_error(),
      values: this.values(0),
      predictions: this.values(1),
      future: this.values(2),
      look,
      map: this.values(3),
      state: this.values(4),
      unit: this.unit(look),
      matrix: look.parameter === null ? new Float32Array() : this.parameter(look.parameter),
      gradients: look.back === null ? null : this.gradients(wasm.elman_values_len(0) - 1 - look.back),
    };
  }

  private unit({ layer, unit }: Look): GateOfUnit[] {
    this.wasm.elman_unit(layer, unit);
    return this.table().map(([letter = "", ...numbers]) => {
      const [xPart = NaN, hPart = NaN, value = NaN] = numbers.map(Number);
      return { letter, xPart, hPart, value };
    });
  }

  private parameter(index: number): Float32Array {
    const at = this.wasm.elman_parameter(index);
    return floats(this.wasm.memory, at, this.wasm.elman_parameter_len(index));
  }

  /** Gradients through time, for the prediction of value `t`. */
  private gradients(t: number): Gradients | "large" {
    const wasm = this.wasm;
    if (!wasm.elman_is_small()) return "large";
    this.check(wasm.elman_influence(t));
    this.check(wasm.elman_gradients());
    const norms = (which: number) =>
      new Float64Array(wasm.memory.buffer, wasm.elman_norms(which), wasm.elman_norms_len()).slice();
    return {
      t,
      influence: this.values(5),
      half: wasm.elman_reach(0.5),
      hundredth: wasm.elman_reach(0.01),
      ofLoss: norms(0),
      ofLast: norms(1),
      norm: wasm.elman_window_norm(),
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

  /** The lines of the message, each cut into its fields. */
  private table(): string[][] {
    const text = this.message().trimEnd();
    return text === "" ? [] : text.split("\n").map((line) => line.split("\t"));
  }

  private message(): string {
    return text(this.wasm.memory, this.wasm.elman_message(), this.wasm.elman_message_len());
  }
}
