// Numbers, and the table of a forecast.
import { byId } from "../dom";
import type { Series } from "./protocol";

/** A value with the digits that a difference of `unit` needs. */
export function rounded(value: number, unit: number): string {
  const size = Math.max(Math.abs(value), unit);
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(3).replace("-", "−").replace("e+", "e");
  const decimals = unit > 0 ? Math.max(0, Math.min(6, Math.ceil(-Math.log10(unit) - 1e-9))) : 2;
  return value.toFixed(decimals).replace("-", "−");
}

/** The difference that the values of a series are shown to: a thousandth of their range. */
export function unitOf({ values, forecast }: Series): number {
  const all = [...values.filter((value) => value !== null), ...forecast.map(({ value }) => value)];
  const range = Math.max(...all) - Math.min(...all);
  return (range || Math.max(...all.map(Math.abs))) / 1000;
}

/** One time step in words: a known value, or a forecast with its intervals. */
export function inWords(series: Series, t: number, levels: number[]): string {
  const unit = unitOf(series);
  const number = (value: number | null) => (value === null ? "missing" : rounded(value, unit));
  if (t < series.values.length) return `${series.dates[t]}: ${number(series.values[t]!)}`;
  const { ds, value, bounds } = series.forecast[t - series.values.length]!;
  const intervals = bounds
    .map(([lower, upper], i) => (lower === null ? "" : `, ${levels[i]} %: ${number(lower)} to ${number(upper)}`))
    .join("");
  return `${ds}: ${number(value)}${intervals}`;
}

/** Fills the table of the forecast. */
export function showTable(series: Series, levels: number[]): void {
  const unit = unitOf(series);
  const number = (value: number | null) => (value === null ? "–" : rounded(value, unit));
  const table = byId("file-table", HTMLTableElement);
  const heads = ["date", "forecast", ...levels.flatMap((level) => [`${level} % from`, "to"])];
  const head = row(heads.map((text) => cell("th", text, "col")));
  const body = series.forecast.map(({ ds, value, bounds }) =>
    row([cell("th", ds, "row"), ...[value, ...bounds.flat()].map((bound) => cell("td", number(bound)))]),
  );
  const [thead, tbody] = [document.createElement("thead"), document.createElement("tbody")];
  thead.append(head);
  tbody.append(...body);
  table.replaceChildren(thead, tbody);
}

function row(cells: HTMLElement[]): HTMLElement {
  const row = document.createElement("tr");
  row.append(...cells);
  return row;
}

function cell(kind: "th" | "td", text: string, scope = ""): HTMLElement {
  const cell = document.createElement(kind);
  cell.textContent = text;
  if (scope) cell.setAttribute("scope", scope);
  return cell;
}
