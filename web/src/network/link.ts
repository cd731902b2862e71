// The address of the view: settings, the part that is seen, and optimizer steps.
import { setAddress, toHash } from "../view";
import type { Words } from "./settings";

export class Link {
  private written = "";
  /** Whether training with these settings from the start gives the same network: no setting was changed on the way. */
  private isRepeatable = true;

  /** `words` are the settings of now. */
  constructor(private readonly words: () => Words) {}

  /** Training starts anew. */
  start(): void {
    this.isRepeatable = true;
  }

  /** The network depends on more than settings and steps from now on. */
  bend(): void {
    this.isRepeatable = false;
  }

  /** The words with the optimizer steps, if they lead to the same network again. */
  private all(step: number): Words {
    return this.isRepeatable && step > 0 ? { ...this.words(), step } : this.words();
  }

  /** Writes the address of the page, of a network after `step` optimizer steps. */
  write(step: number): void {
    const words = this.all(step);
    if (toHash(words) === this.written) return;
    if (setAddress(words)) this.written = toHash(words);
  }

  /** The address after `step` optimizer steps. */
  address(step: number): string {
    this.written = toHash(this.all(step));
    return this.written;
  }

  /** Whether an address is that of this page. */
  isWritten(address: URLSearchParams): boolean {
    return address.toString() === new URLSearchParams(this.written).toString();
  }
}
