// The numbers of a training, and what the carried hidden state changes.
import { byId, short, write } from "../dom";
import { errorsAtEdges } from "./forecast_chart";
import type { Panel, Seen } from "./panel";
import type { Settings } from "./protocol";

const put = (id: string, text: string) => write(byId(id, HTMLElement), text);
const whole = (value: number) => Math.round(value).toLocaleString("en");

export const numbers: Panel = { canvases: [], draw: showNumbers };

function showNumbers(all: Seen): void {
  const { snapshot: seen, settings } = all;
  put("n-step", whole(seen.step));
  put("n-speed", seen.stop === null && seen.stepsPerSecond > 0 ? whole(seen.stepsPerSecond) : "–");
  put("n-loss", short(seen.loss));
  put("n-grad", short(seen.gradNorm));
  put("n-test", short(seen.testError));
  put("n-naive", short(seen.naiveError));
  put("n-future", short(seen.futureError));
  put("n-parameters", whole(seen.parameters));
  put("rate-now", Number.isFinite(seen.rate) ? short(seen.rate) : "–");
  put("carry-text", carryText(all));
  put("native-head", settings.data === "sine" ? "The same kind of training in the program, on a sine wave of its own:"
    : "A training of the same network in the program, on a file with this series:");
  put("native", nativeCommand(settings));
}

function carryText({ snapshot, settings: { carry, seqLength }, description }: Seen): string {
  const { first, others } = errorsAtEdges(snapshot, seqLength, description.variance);
  const errors = Number.isFinite(first) && Number.isFinite(others)
    ? ` Test error of the first three predictions of a window: ${short(first)}; of all others: ${short(others)}.`
    : "";
  return carry
    ? `Carried: at each gray line, the edge of a window of ${seqLength} time steps, the hidden state is kept, so that the network remembers the values before the window. Only the gradient stops there: the state is detached.${errors}`
    : `Not carried: at each gray line, the edge of a window of ${seqLength} time steps, the hidden state starts from zeros. The network has no history at the start of a window, so its first predictions have large errors.${errors}`;
}

/** The command that trains the same kind of network with the native program. */
function nativeCommand(settings: Settings): string {
  const { cell, hidden, layers, seqLength, rate, carry, seed, optimizer, schedule, clip, standardize } = settings;
  const flags = `--cell ${cell} --hidden-size ${hidden} --num-layers ${layers} --seq-length ${seqLength} --learning-rate ${rate} --seed ${seed}`;
  const rare = [
    carry ? "" : " --no-carry",
    optimizer === "adam" ? "" : ` --optimizer ${optimizer}`,
    schedule === "constant" ? "" : ` --schedule ${schedule}${schedule === "step" ? " --schedule-step 5000" : ""}`,
    clip === 0 ? "" : ` --clip ${clip}`,
  ];
  const data = settings.data === "sine" ? "" : ` FILE.csv --lags 1 --differences 0 --scaler ${standardize ? "standard" : "none"}`;
  return `elman train${data} ${flags}${rare.join("")}`;
}
