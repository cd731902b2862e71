// Play, step, reset and speed, and the progress of training to the step of an address.
import { byId } from "../dom";
import type { Speed } from "../slices";
import type { Snapshot } from "./protocol";

/** What the buttons ask for. */
interface Asked {
  play(on: boolean): void;
  step(): void;
  reset(): void;
  speed(speed: Speed): void;
}

export class Transport {
  isPlaying = false;
  /** The optimizer step at which training pauses; 0 for none. */
  private target = 0;
  private readonly playButton = byId("play", HTMLButtonElement);
  private readonly progress = byId("progress", HTMLProgressElement);

  constructor(asked: Asked) {
    this.playButton.addEventListener("click", () => asked.play(!this.isPlaying));
    byId("step", HTMLButtonElement).addEventListener("click", () => asked.step());
    byId("reset", HTMLButtonElement).addEventListener("click", () => asked.reset());
    const speed = byId("speed", HTMLSelectElement);
    speed.addEventListener("change", () => asked.speed(speed.value as Speed));
  }

  enable(): void {
    for (const id of ["play", "step", "reset"]) byId(id, HTMLButtonElement).disabled = false;
  }

  /** Shows whether the network trains; `target` is the step of an address that it is trained to. */
  show(isPlaying: boolean, target = 0): void {
    this.isPlaying = isPlaying;
    this.target = target;
    this.playButton.textContent = isPlaying ? "Pause" : "Play";
    this.progress.hidden = target === 0;
    this.progress.value = 0;
  }

  take({ step, stop }: Snapshot): void {
    if (stop === "diverged" || stop === "finished" || (this.target > 0 && step >= this.target)) this.show(false);
    else if (this.target > 0) this.progress.value = step / this.target;
  }
}
