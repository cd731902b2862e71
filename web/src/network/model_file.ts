// The trained network as a model file, which the program forecasts from, and a network from such a file.
import { byId } from "../dom";
import { forecastModule } from "../file/module";
import { lesson } from "./settings";
import type { Settings, ToPage, ToWorker } from "./protocol";

type Answer = Extract<ToPage, { type: "saved" | "opened" | "refused" }>;

export class ModelFile {
  private readonly note = byId("model-note", HTMLElement);

  /** `next` numbers the network of a file. */
  constructor(
    private readonly settings: () => Settings,
    private readonly tell: (message: ToWorker) => void,
    next: () => number,
  ) {
    const chooser = byId("model-choose", HTMLInputElement);
    byId("model-save", HTMLButtonElement).addEventListener("click", () => {
      void this.ask((module) => ({ type: "save", module, settings: this.settings() }));
    });
    chooser.addEventListener("change", async () => {
      const chosen = chooser.files?.[0];
      if (chosen === undefined) return;
      const file = new Uint8Array(await chosen.arrayBuffer());
      // The same file can be chosen again.
      chooser.value = "";
      void this.ask((module) => ({ type: "open", run: next(), module, file, usual: lesson() }));
    });
  }

  /** Sends a message to the worker, with the module that knows the format. */
  private async ask(message: (module: Uint8Array) => ToWorker): Promise<void> {
    this.say("");
    try {
      this.tell(message(await forecastModule()));
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  take(answer: Answer): void {
    switch (answer.type) {
      case "saved":
        return this.download(answer.file, `${answer.name}.safetensors`);
      case "opened":
        return this.say("The network of the file is loaded. The optimizer starts anew.");
      case "refused":
        return this.say(answer.message);
    }
  }

  private download(file: Uint8Array, name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file as BlobPart]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.say(`Saved as ${name}. This command prints the dashed line: elman forecast ${name} --horizon 60`);
  }

  private say(text: string): void {
    this.note.textContent = text;
  }
}
