// Elements of the page.

/** The element with this id, of this kind. */
export function byId<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/** A number in three digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) {
    return value.toExponential(1).replace("-", "−");
  }
  return String(+value.toPrecision(3)).replace("-", "−");
}

/** A number with two decimals. */
export function decimals(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

/** A power of ten as an axis shows it: 0.01, 1, 10⁻⁵. */
export function powerOfTen(power: number): string {
  if (Math.abs(power) <= 3) return String(+(10 ** power).toPrecision(1));
  return `10${String(power).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!)}`;
}

/** Writes a text, unless it is there already. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
