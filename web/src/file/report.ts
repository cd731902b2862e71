// The report of a forecast: what was read, how good the forecast is, and the command of the program for more.
import { byId } from "../dom";
import { options, sentence, shellWord, worded } from "./reader";
import type { About, Report, Settings } from "./protocol";

/** The comparison with the best baseline, as the program prints it, without the mark of a note; and a baseline with a lower
 * error, where the comparison is with another one. */
export function showSentence({ sentence: text, scores }: Report): void {
  const mase = (name: string) => scores.find((score) => score.name === name)?.mase ?? Infinity;
  const baselines = scores.map(({ name }) => name).filter((name) => name !== "elman");
  const lowest = baselines.reduce((best, name) => (mase(name) < mase(best) ? name : best), baselines[0] ?? "elman");
  const lower = mase(lowest) < mase("elman") ? ` The lowest error in validation is that of ${lowest}: MASE ${mase(lowest).toFixed(3)}.` : "";
  byId("file-sentence", HTMLElement).textContent = sentence(text.replace(/^note: /, "")) + lower;
}

export function showFacts(about: About, report: Report): void {
  const { composition, scores, seasons, levels, coverage, forecasts, held_out: steps } = report;
  const share = ({ model, weight }: Report["composition"][number]) =>
    composition.length === 1 ? model : `${Math.round(100 * weight)} % ${model}`;
  const score = (value: number | null) => (value === null ? "–" : value.toFixed(3));
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const facts: [string, string][] = [
    ["forecast of", composition.map(share).join(", ")],
    ["seasonal period", seasons.length === 0 ? "none" : `${seasons.join(", ")} time steps`],
  ];
  if (scores.length > 0) {
    const errors = scores.map(({ name, mase }) => `${name} ${score(mase)}`).join(", ");
    const rolling = `${forecasts.toLocaleString("en")} rolling forecast${forecasts === 1 ? "" : "s"}`;
    facts.push(["validation", `the last ${steps} time steps, ${rolling}`], ["MASE in validation: error relative to a naive forecast of the known values; lower is better", errors]);
  }
  if (coverage.length > 0) {
    const shares = levels.map((level, i) => `${level} % interval ${percent(coverage[i]!)}`).join(", ");
    facts.push(["interval coverage in validation", shares]);
  }
  const terms = facts.flatMap(([term, fact]) => {
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    [dt.textContent, dd.textContent] = [term, fact];
    return [dt, dd];
  });
  byId("file-facts", HTMLElement).replaceChildren(...terms);
  showNotes([...about.notes, ...cut(about), ...report.notes]);
}

/** A note about series that are not forecast. */
function cut({ series, forecast, names, longest, used }: About): string[] {
  const count = (number: number) => number.toLocaleString("en");
  const newest = `the newest ${count(used)} of ${count(longest)} values are used here; the program uses all of them`;
  const cut = `the first ${count(forecast)} of ${count(series)} series are forecast here; the program forecasts all of them`;
  const menu = `the menu has the first ${count(names.length)} series; the CSV file has all ${count(forecast)}`;
  return [...(used < longest ? [newest] : []), ...(forecast < series ? [cut] : []), ...(names.length < forecast ? [menu] : [])];
}

/** Notes that are shown; many series have many. */
const MOST_NOTES = 12;

function showNotes(notes: string[]): void {
  const shown = notes.slice(0, MOST_NOTES);
  if (notes.length > MOST_NOTES) shown.push(`${notes.length - MOST_NOTES} more notes`);
  const items = shown.map((note) => {
    const item = document.createElement("li");
    item.textContent = sentence(worded(note));
    return item;
  });
  byId("file-notes", HTMLElement).replaceChildren(...items);
}

/** The commands of the program that give the same numbers, if the page uses the whole file, and that train networks. */
export function showProgram(file: string, given: Settings, { series, forecast, longest, used }: About, { horizon, trains }: Report): void {
  const command = `elman forecast ${shellWord(file)} --horizon ${horizon}${options(given)}`;
  const isWhole = forecast === series && used === longest;
  const head = isWhole ? "The same forecast in the program:" : "The forecast of the whole file in the program:";
  const parts: (string | HTMLElement)[] = [head, code(command + (trains ? " --model pretrained" : ""))];
  if (trains) parts.push("The program also trains networks on these data, which takes longer and can be more accurate:", code(command));
  else parts.push("These data have too few values to train networks by default; this command trains them all the same:", code(`${command} --model network`));
  byId("file-program", HTMLElement).replaceChildren(...parts);
}

function code(text: string): HTMLElement {
  const code = document.createElement("code");
  code.textContent = text;
  return code;
}
