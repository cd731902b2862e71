// The settings of the reader, and its errors: a next step that is a setting of the page gets a button.
import { byId } from "../dom";
import type { Refusal, Settings } from "./protocol";

type Control = HTMLInputElement | HTMLSelectElement;

const controls = () => [...document.querySelectorAll<Control>("#file-reader input, #file-reader select")];
const nameOf = (control: Control) => control.id.replace("read-", "");
const labelOf = (control: Control) => control.labels![0]!.textContent!.trim();

/** The settings that are not left to the reader. */
export function settings(): Settings {
  const pairs = controls().map((control): [string, string | boolean] => {
    const isSwitch = control instanceof HTMLInputElement && control.type === "checkbox";
    return [nameOf(control), isSwitch ? control.checked : control.value.trim()];
  });
  return Object.fromEntries(pairs.filter(([, value]) => value !== "" && value !== false));
}

/** All settings are left to the reader. */
export function clear(): void {
  for (const control of controls()) set(control, "");
}

function set(control: Control, value: string): void {
  if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = value !== "";
  else control.value = value;
}

/** The settings as options of the program. */
export function options(given: Settings): string {
  const words = Object.entries(given).map(([name, value]) => {
    const option = `--${name.replaceAll("_", "-")}`;
    return value === true ? option : `${option} ${shellWord(String(value))}`;
  });
  return words.map((word) => ` ${word}`).join("");
}

/** A word as it is typed in a shell. */
export function shellWord(text: string): string {
  return /^[\w.,/:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** An option of the program in a message: its name, and its value if there is one. */
const OPTION = /`--([a-z-]+)(?: ([^`]*))?`/g;

const controlOf = (option: string) => controls().find((control) => nameOf(control) === option.replaceAll("-", "_"));

/** A message in which options that are settings of this page have their names here. */
export function worded(message: string): string {
  const words = message.replace(OPTION, (all, option: string, value?: string) => {
    const control = controlOf(option);
    if (control === undefined) return all;
    return value === undefined ? `“${labelOf(control)}”` : `“${labelOf(control)}: ${shown(control, value)}”`;
  });
  return words.replace(/`([^`]*)`/g, "“$1”");
}

/** A value as its control shows it. */
function shown(control: Control, value: string): string {
  if (control instanceof HTMLInputElement) return value;
  return [...control.options].find((option) => option.value === value)?.text ?? value;
}

/** Settings that an error proposes. */
function proposals(help: string): [Control, string][] {
  return [...help.matchAll(OPTION)].flatMap(([, option, value]): [Control, string][] => {
    const control = controlOf(option!);
    if (control === undefined) return [];
    if (control.type === "checkbox") return [[control, "on"]];
    const text = (value ?? "").replace(/^'(.*)'$/, "$1").replaceAll("'\\''", "'");
    const isPossible = control instanceof HTMLInputElement || [...control.options].some((o) => o.value === text);
    return text !== "" && text !== "NAME" && isPossible ? [[control, text]] : [];
  });
}

/** What a person can do about an error that names no next step. */
const USUAL_STEP = "Give a table with a date and a value in each row, such as “2024-01, 112”, or try the example.";

/** Shows an error; `again` reads the file with a setting that the error proposes. */
export function refuse({ message, place, help }: Refusal, again: () => void): void {
  const column = place?.column ? `, column ${place.column}${place.name ? ` (${place.name})` : ""}` : "";
  byId("file-refused-message", HTMLElement).textContent = sentence(worded(message));
  byId("file-refused-place", HTMLElement).textContent =
    place ? `${place.is_row ? "Row" : "Line"} ${place.line}${column}${place.cell ? `: ${place.cell}` : ""}` : "";
  byId("file-refused-help", HTMLElement).textContent = help ? sentence(worded(help)) : USUAL_STEP;
  const buttons = proposals(help ?? "").map(([control, value]) => {
    const button = document.createElement("button");
    button.textContent = control.type === "checkbox" ? labelOf(control) : `${labelOf(control)}: ${shown(control, value)}`;
    button.addEventListener("click", () => {
      byId("file-reader", HTMLDetailsElement).open = true;
      set(control, value);
      again();
    });
    return button;
  });
  byId("file-refused-steps", HTMLElement).replaceChildren(...buttons);
  const box = byId("file-refused", HTMLElement);
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

/** No error. */
export function accept(): void {
  byId("file-refused", HTMLElement).hidden = true;
}

/** With a capital letter and a full stop. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}
