// Gradients through time: how far back an input moves a prediction, and how far back the loss reaches the hidden state.
import { colors, polyline, surface, type Surface } from "../canvas";
import { byId, powerOfTen, short, write } from "../dom";
import type { Panel, Seen } from "./panel";
import type { Gradients, Settings } from "./protocol";
import { LEFT, RIGHT, named, timeAxis } from "./time_axis";

const TOP = 6;
const BOTTOM = 18;
/** The most powers of ten on an axis. */
const DECADES = 6;

export class GradientPanel implements Panel {
  readonly canvases = [byId("influence-canvas", HTMLCanvasElement), byId("window-canvas", HTMLCanvasElement)];
  private readonly influenceText = byId("influence-text", HTMLElement);
  private readonly windowText = byId("window-text", HTMLElement);

  draw({ snapshot, settings }: Seen): void {
    const { gradients, parameters } = snapshot;
    if (gradients === null) return;
    if (gradients === "large") {
      write(this.influenceText, `This network has ${parameters.toLocaleString("en")} parameters: too many to compute gradients for each picture. Choose a smaller hidden size or fewer layers.`);
      write(this.windowText, "");
      this.canvases.forEach((canvas) => surface(canvas));
      return;
    }
    const len = snapshot.values.length;
    drawInfluence(this.canvases[0]!, gradients, len);
    drawWindow(this.canvases[1]!, gradients);
    write(this.influenceText, influenceText(gradients, settings, named(gradients.t, len)));
    write(this.windowText, windowText(gradients, settings));
  }
}

/** A bar for each input, at its time step. */
function drawInfluence(canvas: HTMLCanvasElement, { t, influence }: Gradients, len: number): void {
  const place = surface(canvas);
  const axis = timeAxis(place, len);
  const y = logAxis(place, influence);
  const { pen, height } = place;
  pen.fillStyle = colors().input;
  influence.forEach((value, back) => {
    const x = axis.x(t - 1 - back) - axis.step / 2;
    if (x > LEFT - axis.step / 2 && value > 0) pen.fillRect(x + 0.5, y(value), Math.max(1, axis.step - 1), height - BOTTOM - y(value));
  });
  pen.fillStyle = colors().quiet;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  const x = Math.min(place.width - 60, Math.max(LEFT + 60, axis.x(t)));
  pen.fillText(`prediction at ${named(t, len)}`, x, height - 4);
}

/** A bar for each hidden state of a training window, and a line for the loss of its last time step alone. */
function drawWindow(canvas: HTMLCanvasElement, { ofLoss, ofLast }: Gradients): void {
  const place = surface(canvas);
  const { pen, width, height } = place;
  const color = colors();
  const y = logAxis(place, [...ofLoss, ...ofLast]);
  const step = (width - LEFT - RIGHT) / ofLoss.length;
  pen.fillStyle = color.prediction;
  ofLoss.forEach((value, t) => {
    const gap = Math.min(3, step / 4);
    if (value > 0) pen.fillRect(LEFT + t * step + gap / 2, y(value), step - gap, height - BOTTOM - y(value));
  });
  pen.strokeStyle = color.test;
  pen.lineWidth = 2.5;
  pen.setLineDash([6, 4]);
  polyline(pen, Array.from(ofLast, (value, t) => [LEFT + (t + 0.5) * step, value > 0 ? y(value) : NaN]));
  pen.setLineDash([]);
  pen.fillStyle = color.quiet;
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  pen.fillText("first time step", LEFT, height - 4);
  pen.textAlign = "right";
  pen.fillText(`last, T = ${ofLoss.length}`, width - RIGHT, height - 4);
}

/** The lines of a logarithmic axis. Returns the place of a value, of the lowest one for all below. */
function logAxis({ pen, width, height }: Surface, values: Iterable<number>): (value: number) => number {
  const positive = [...values].filter((value) => value > 0 && value < Infinity);
  const high = Math.ceil(Math.log10(Math.max(...positive, 1e-30)) + 1e-9);
  const low = Math.min(high - 1, Math.max(high - DECADES, Math.floor(Math.log10(Math.min(...positive, 1e30)))));
  const y = (value: number) =>
    TOP + ((high - Math.max(low, Math.log10(value))) / (high - low)) * (height - TOP - BOTTOM);
  const color = colors();
  pen.strokeStyle = color.line;
  pen.fillStyle = color.quiet;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (let power = low; power <= high; power += Math.ceil((high - low) / 3)) {
    const at = Math.round(y(10 ** power)) + 0.5;
    polyline(pen, [[LEFT, at], [width - RIGHT, at]]);
    pen.fillText(powerOfTen(power), LEFT - 8, at);
  }
  return y;
}

function influenceText({ influence, half, hundredth }: Gradients, { carry }: Settings, time: string): string {
  if (!Number.isFinite(half)) return `No input moves the prediction at ${time}.`;
  const back = (count: number) => (count === 1 ? "1 time step" : `${count} time steps`);
  const isCut = !carry || influence.length < hundredth + 1;
  const far = hundredth < influence.length
    ? ` Inputs more than ${back(hundredth)} back move it less than a hundredth as much.`
    : ` All ${influence.length} inputs shown move it at least a hundredth as much.`;
  const edge = carry || !isCut ? "" : ` The hidden state was reset ${back(influence.length)} back: no input before moves it.`;
  const near = half < influence.length
    ? `Inputs more than ${back(half)} back move the prediction at ${time} less than half as much as the strongest input.`
    : `All inputs shown move the prediction at ${time} at least half as much as the strongest one.`;
  return near + (half < influence.length ? far : "") + edge;
}

function windowText({ ofLast, norm }: Gradients, { clip }: Settings): string {
  const share = ofLast[0]! / ofLast.at(-1)!;
  const kind = share < 1e-3 ? ": it vanishes" : share > 10 ? ": it explodes" : "";
  const reaches = ofLast.length > 1 && Number.isFinite(share)
    ? `The gradient of the last prediction's loss is ${short(share)} times as large ${ofLast.length - 1} time steps back${kind}. `
    : "";
  const clipped = clip === 0 ? "not clipped" : norm > clip ? `clipped to ${clip}` : `below the limit of ${clip}`;
  return `${reaches}Gradient norm of all weights: ${short(norm)}, ${clipped}.`;
}
