// The engine of character models: functions of the WebAssembly module.
import { catalogOf, placeIn, type Entry } from "../catalog";
import { floats, text } from "../memory";
import type { Status } from "../slices";
import type { Corpus, Found, Reading, Settings } from "./protocol";

interface Exports {
  memory: WebAssembly.Memory;
  elman_text_catalog(): void;
  elman_text_answer(): number;
  elman_text_answer_len(): number;
  elman_text_buffer(len: number): number;
  elman_text_create(
    cell: number, text: number, hidden: number, layers: number, seqLength: number, batch: number, rate: number,
    carry: number, seed: number,
  ): number;
  elman_text_step(count: number): number;
  elman_text_rewind(): void;
  elman_text_set(rate: number, carry: number): number;
  elman_text_evaluate(): number;
  elman_text_sample(temperature: number, length: number): number;
  elman_text_vocabulary(): void;
  elman_text_passage(): void;
  elman_text_values(which: number): number;
  elman_text_values_len(which: number): number;
  elman_text_strongest(property: number): number;
  elman_text_correlation(property: number): number;
  elman_text_number(which: number): number;
}

const STATUS: Status[] = ["running", "diverged", "finished"];

/** The places of `elman_text_number`. */
const NUMBERS = [
  "step", "loss", "validation", "uniform", "unigram", "bigram", "gradNorm", "parameters", "training", "held",
] as const;

export class Engine {
  readonly catalog: Entry[];

  private constructor(private readonly wasm: Exports) {
    wasm.elman_text_catalog();
    this.catalog = catalogOf(this.answer());
  }

  static async load(bytes: Uint8Array): Promise<Engine> {
    const { instance } = await WebAssembly.instantiate(bytes as BufferSource);
    return new Engine(instance.exports as unknown as Exports);
  }

  /** A new network on a text of the registry, or on the user's. */
  create(settings: Settings, own: string): void {
    const { text, cell, hidden, layers, seqLength, batch, rate, carry, seed } = settings;
    this.give(own);
    const [cellAt, textAt] = [placeIn(this.catalog, "cell", cell), placeIn(this.catalog, "text", text)];
    const status = this.wasm.elman_text_create(
      cellAt, textAt, hidden, layers, seqLength, batch, rate, Number(carry), seed,
    );
    this.check(status);
  }

  step(count: number): Status {
    return this.check(this.wasm.elman_text_step(count));
  }

  rewind(): void {
    this.wasm.elman_text_rewind();
  }

  set(rate: number, carry: boolean): void {
    this.check(this.wasm.elman_text_set(rate, Number(carry)));
  }

  sample(prompt: string, temperature: number, length: number): string {
    this.give(prompt);
    this.check(this.wasm.elman_text_sample(temperature, length));
    return this.answer();
  }

  /** The text as the engine has read it. */
  corpus(): Corpus {
    const number = (name: (typeof NUMBERS)[number]) => this.number(name);
    this.wasm.elman_text_vocabulary();
    const vocabulary = [...this.answer()];
    this.wasm.elman_text_passage();
    const passage = [...this.answer()];
    return {
      type: "corpus", training: number("training"), validation: number("held"), vocabulary, passage,
      parameters: number("parameters"), uniform: number("uniform"), unigram: number("unigram"), bigram: number("bigram"),
    };
  }

  /** Computes the validation loss, and reads the passage with the current weights. */
  read(): Reading {
    this.check(this.wasm.elman_text_evaluate());
    const values = (which: number) =>
      floats(this.wasm.memory, this.wasm.elman_text_values(which), this.wasm.elman_text_values_len(which));
    return {
      type: "reading", step: this.number("step"), validation: this.number("validation"), hidden: values(0),
      likely: values(1), probabilities: values(2), actual: values(3),
    };
  }

  /** The unit that follows a property of the passage most closely. */
  find(property: string): Found {
    const at = placeIn(this.catalog, "property", property);
    const [unit, correlation] = [this.wasm.elman_text_strongest(at) + 1, this.wasm.elman_text_correlation(at)];
    return { type: "found", property, unit, correlation, step: this.number("step") };
  }

  number(name: (typeof NUMBERS)[number]): number {
    return this.wasm.elman_text_number(NUMBERS.indexOf(name));
  }

  /** Writes a text for the engine. */
  private give(words: string): void {
    const bytes = new TextEncoder().encode(words);
    const at = this.wasm.elman_text_buffer(bytes.length);
    new Uint8Array(this.wasm.memory.buffer, at, bytes.length).set(bytes);
  }

  private check(status: number): Status {
    const known = STATUS[status];
    if (known === undefined) throw new Error(this.answer());
    return known;
  }

  private answer(): string {
    return text(this.wasm.memory, this.wasm.elman_text_answer(), this.wasm.elman_text_answer_len());
  }
}
