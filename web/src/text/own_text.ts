// The user's own text: pasted, dropped, or from a file.
import { byId } from "../dom";

/** The largest file that is read, in bytes: a million characters have four bytes each at most. */
const MAX_BYTES = 4_000_000;

export class OwnText {
  private readonly area = byId("text-paste", HTMLTextAreaElement);
  private readonly file = byId("text-file", HTMLInputElement);
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The number of the newest file: an earlier one may be read later. */
  private newest = 0;

  /** `changed` is called with a new text, `refused` with the reason why a file is not read. */
  constructor(private readonly changed: () => unknown, private readonly refused: (message: string) => void) {
    // A text that is still typed does not start a training with each key.
    this.area.addEventListener("input", () => this.soon());
    this.area.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.area.classList.add("over");
    });
    this.area.addEventListener("dragleave", () => this.area.classList.remove("over"));
    this.area.addEventListener("drop", (event) => {
      this.area.classList.remove("over");
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      void this.read(file);
    });
    this.file.addEventListener("change", () => {
      const file = this.file.files?.[0];
      if (file !== undefined) void this.read(file);
      this.file.value = "";
    });
  }

  get value(): string {
    return this.area.value;
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.changed, 400);
  }

  private async read(file: File): Promise<void> {
    if (file.size > MAX_BYTES) {
      const size = file.size.toLocaleString("en");
      return this.refused(`The file has ${size} bytes, and at most 4,000,000 are read: give a part of it.`);
    }
    const number = ++this.newest;
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      if (number !== this.newest) return;
      this.area.value = text;
    } catch {
      return this.refused(`The file ${file.name} is not a text in UTF-8: save it as UTF-8, or paste the text.`);
    }
    this.changed();
  }
}
