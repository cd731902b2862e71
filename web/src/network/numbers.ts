// The numbers of a training, and what the carried hidden state changes.
import { byId, short } from "../dom";
import { errorsAtEdges } from "./forecast_chart";
import type { Settings, Snapshot } from "./protocol";

const put = (id: string, text: string) => {
  const element = byId(id, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
};
const whole = (value: number) => Math.round(value).toLocaleString("en");

export function showNumbers(seen: Snapshot, settings: Settings): void {
  put("n-step", whole(seen.step));
  put("n-speed", seen.stop === null && seen.stepsPerSecond > 0 ? whole(seen.stepsPerSecond) : "–");
  put("n-loss", short(seen.loss));
  put("n-grad", short(seen.gradNorm));
  put("n-test", short(seen.testError));
  put("n-naive", short(seen.naiveError));
  put("n-future", short(seen.futureError));
  put("n-parameters", whole(seen.parameters));
  put("carry-text", carryText(seen, settings));
  put("native", nativeCommand(settings));
}

function carryText(seen: Snapshot, { carry, seqLength }: Settings): string {
  const { first, others } = errorsAtEdges(seen, seqLength);
  const errors = Number.isFinite(first) && Number.isFinite(others)
    ? ` Test error of the first three predictions of a window: ${short(first)}; of all others: ${short(others)}.`
    : "";
  return carry
    ? `Carried: at each gray line, the edge of a window of ${seqLength} time steps, the hidden state is kept, so that the network remembers the values before the window. Only the gradient stops there: the state is detached.${errors}`
    : `Not carried: at each gray line, the edge of a window of ${seqLength} time steps, the hidden state starts from zeros. The network has no history at the start of a window, so its first predictions have large errors.${errors}`;
}

/** The command that trains the same kind of network with the native program. */
function nativeCommand({ cell, hidden, layers, seqLength, rate, carry, seed }: Settings): string {
  const flags = `--cell ${cell} --hidden-size ${hidden} --num-layers ${layers} --seq-length ${seqLength} --learning-rate ${rate} --seed ${seed}`;
  return `elman train ${flags}${carry ? "" : " --no-carry"}`;
}
