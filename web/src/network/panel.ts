// A picture of the network in training, with its controls.
import type { Description, Look, Settings, Snapshot } from "./protocol";

/** What a panel draws. */
export interface Seen {
  snapshot: Snapshot;
  settings: Settings;
  description: Description;
}

export interface Panel {
  /** The canvases, which are drawn again when their size or the theme changes. */
  canvases: HTMLCanvasElement[];
  draw(seen: Seen): void;
}

/** Looks at another part of the inside of the network. */
export type LookAt = (part: Partial<Look>) => void;
