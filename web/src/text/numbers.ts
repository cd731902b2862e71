// The numbers of a training on text.
import { byId } from "../dom";
import { bits } from "./names";
import type { Corpus, Reading, Settings, Snapshot } from "./protocol";

/** A validation set below this many characters says little. */
const FEW = 500;
/** Bits by which a validation loss above the lowest one is more than noise. */
const RISEN = 0.1;

const put = (id: string, text: string) => {
  const element = byId(id, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
};
const whole = (value: number) => Math.round(value).toLocaleString("en");

/** `lowest` is the reading with the lowest validation loss. */
export function showNumbers(seen: Snapshot, reading: Reading | null, lowest: Reading | null, settings: Settings): void {
  const { step, loss, stop, stepsPerSecond } = seen;
  const isRunning = stop === null && stepsPerSecond > 0;
  put("text-n-step", whole(step));
  put("text-n-speed", isRunning ? whole(stepsPerSecond) : "–");
  put("text-n-characters", isRunning ? whole(stepsPerSecond * settings.seqLength * settings.batch) : "–");
  put("text-n-loss", bits(loss));
  put("text-n-validation", bits(reading?.validation ?? NaN));
  put("text-n-lowest", bits(lowest?.validation ?? NaN));
  put("text-fit", reading !== null && lowest !== null ? fit(loss, reading, lowest) : "");
}

/** Whether the network still learns, or only learns its text by heart. */
function fit(loss: number, reading: Reading, lowest: Reading): string {
  if (!(reading.validation > lowest.validation + RISEN && loss < lowest.validation)) return "";
  return `Overfitting: the validation loss was lowest at optimizer step ${whole(lowest.step)} and has risen since, because the network learns the training text by heart. A longer text, a smaller network or a lower learning rate delays it.`;
}

/** What does not change while the network learns. */
export function showCorpus(corpus: Corpus, settings: Settings): void {
  put("text-n-parameters", whole(corpus.parameters));
  put("text-n-bigram", bits(corpus.bigram));
  const all = whole(corpus.training + corpus.validation);
  const held = corpus.validation;
  const few = held < FEW ? " So few characters make the validation loss uncertain." : "";
  put("text-corpus", `${all} characters, ${whole(corpus.vocabulary.length)} different ones. The last ${whole(held)} are the validation set.${few}`);
  put("text-native", nativeCommand(settings));
}

/** No network: its numbers are unknown. */
export function clearNumbers(): void {
  const ids = ["step", "speed", "characters", "loss", "validation", "parameters", "bigram", "lowest"];
  ids.forEach((id) => put(`text-n-${id}`, "–"));
  put("text-corpus", "");
  put("text-fit", "");
}

/** The command that trains the same kind of network with the native program. */
function nativeCommand({ cell, hidden, layers, seqLength, batch, rate, carry, seed }: Settings): string {
  const sizes = `--hidden-size ${hidden} --num-layers ${layers} --seq-length ${seqLength} --batch-size ${batch}`;
  return `elman text train FILE --cell ${cell} ${sizes} --learning-rate ${rate} --seed ${seed}${carry ? "" : " --no-carry"}`;
}
