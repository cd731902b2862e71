// A canvas as sharp as the screen, in the colors of the style sheet.

export interface Surface {
  pen: CanvasRenderingContext2D;
  width: number;
  height: number;
}

/** Clears a canvas, in units of the page's pixels. */
export function surface(canvas: HTMLCanvasElement): Surface {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = (window.devicePixelRatio || 1) * zoomOf(canvas);
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const pen = canvas.getContext("2d")!;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "12px system-ui, sans-serif";
  return { pen, width, height };
}

const NAMES = ["ink", "quiet", "line", "shade", "card", "input", "prediction", "test"] as const;
export type Colors = Record<(typeof NAMES)[number], string>;

const dark = window.matchMedia("(prefers-color-scheme: dark)");
/** Kept, because to ask for them takes longer than to draw a line. */
let known: Colors | null = null;
dark.addEventListener("change", () => (known = null));

/** How much the style sheet enlarges the page on a very wide screen. */
function zoomOf(canvas: HTMLCanvasElement): number {
  return canvas.getBoundingClientRect().width / canvas.clientWidth || 1;
}

/** The place of a pointer on a canvas, in units of the page's pixels. */
export function pointerOn(canvas: HTMLCanvasElement, { clientX, clientY }: MouseEvent): { x: number; y: number } {
  const { left, top } = canvas.getBoundingClientRect();
  const zoom = zoomOf(canvas);
  return { x: (clientX - left) / zoom, y: (clientY - top) / zoom };
}

/** The colors of the current theme. */
export function colors(): Colors {
  if (known === null) {
    const style = getComputedStyle(document.documentElement);
    known = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colors;
  }
  return known;
}

export function isDark(): boolean {
  return dark.matches;
}

/** Calls `draw` when a theme or a size has changed. */
export function onChange(canvases: HTMLCanvasElement[], draw: () => void): void {
  dark.addEventListener("change", draw);
  const observer = new ResizeObserver(draw);
  canvases.forEach((canvas) => observer.observe(canvas));
}

/** A line through points; a point that is not a number ends one line and starts another. */
export function polyline(pen: CanvasRenderingContext2D, points: Iterable<[number, number]>): void {
  let isOn = false;
  pen.beginPath();
  for (const [x, y] of points) {
    if (!Number.isFinite(y)) isOn = false;
    else if (isOn) pen.lineTo(x, y);
    else {
      pen.moveTo(x, y);
      isOn = true;
    }
  }
  pen.stroke();
}
