// The lesson that is open: its text, and its tasks, which are checked while the network trains.
import { byId, write } from "../dom";
import { lesson as sine } from "../network/settings";
import type { Settings, Snapshot } from "../network/protocol";
import { LESSONS } from "./list";
import { keep, read } from "./progress";

export class Lessons {
  /** The number of the open lesson, from 0; none if null. */
  private current: number | null = null;
  private readonly done = read();
  private readonly menu = byId("lesson-menu", HTMLSelectElement);

  /** `start` is called with the settings of a lesson that begins, `closed` when there is none any more. */
  constructor(private readonly start: (settings: Settings) => void, private readonly closed: () => void) {
    this.menu.append(...LESSONS.map((_, at) => new Option("", String(at))));
    this.menu.addEventListener("change", () => this.choose(this.menu.value === "" ? null : Number(this.menu.value)));
    const on = (id: string, act: () => void) => byId(id, HTMLButtonElement).addEventListener("click", act);
    on("lesson-restart", () => this.restart());
    on("lesson-previous", () => this.choose((this.current ?? 0) - 1));
    on("lesson-next", () => this.choose((this.current ?? 0) + 1));
    on("lesson-close", () => {
      this.choose(null);
      this.menu.focus();
    });
    this.show();
  }

  /** The words of the open lesson in the address. */
  words(): Record<string, number> {
    return this.current === null ? {} : { lesson: this.current + 1 };
  }

  /** Opens the lesson of an address, and returns its settings. */
  open(said: URLSearchParams): Partial<Settings> {
    const at = Number(said.get("lesson")) - 1;
    this.current = LESSONS[at] ? at : null;
    this.show();
    return this.current === null ? {} : LESSONS[at]!.start;
  }

  /** Checks the tasks of the open lesson, in their order: a task counts when those before it are done. */
  check(snapshot: Snapshot, settings: Settings): void {
    if (this.current === null) return;
    const next = LESSONS[this.current]!.tasks[this.count(this.current)];
    const seen = { ...settings, snapshot };
    write(byId("lesson-now", HTMLElement), next === undefined ? "" : sentence(next.now(seen)));
    if (!next?.isDone(seen)) return;
    this.done[this.current] = this.count(this.current) + 1;
    keep(this.done);
    this.show();
  }

  /** How many tasks of a lesson are done. */
  private count(at: number): number {
    return Math.min(this.done[at] ?? 0, LESSONS[at]!.tasks.length);
  }

  private choose(at: number | null): void {
    this.current = at;
    this.show();
    const begun = at === null ? null : { ...sine(), ...LESSONS[at]!.start };
    if (begun !== null) this.start(begun);
    else this.closed();
  }

  private restart(): void {
    if (this.current === null) return;
    delete this.done[this.current];
    keep(this.done);
    this.choose(this.current);
  }

  private show(): void {
    const lesson = this.current === null ? null : LESSONS[this.current]!;
    this.menu.value = this.current === null ? "" : String(this.current);
    LESSONS.forEach(({ title, tasks }, at) => {
      const isDone = this.count(at) === tasks.length;
      this.menu.options[at + 1]!.text = `${at + 1}. ${title}${isDone ? " ✓" : ""}`;
    });
    byId("lesson", HTMLElement).hidden = lesson === null;
    if (lesson === null) return;
    byId("lesson-title", HTMLElement).textContent = `Lesson ${this.current! + 1} of ${LESSONS.length}: ${lesson.title}`;
    byId("lesson-text", HTMLElement).replaceChildren(...lesson.text.map((text) => element("p", text)));
    byId("lesson-previous", HTMLButtonElement).disabled = this.current === 0;
    byId("lesson-next", HTMLButtonElement).disabled = this.current === LESSONS.length - 1;
    this.showTasks();
  }

  private showTasks(): void {
    const { tasks } = LESSONS[this.current!]!;
    const done = this.count(this.current!);
    const items = tasks.map(({ text }, at) => {
      const item = element("li", text);
      if (at < done) {
        item.classList.add("is-done");
        item.prepend(Object.assign(element("span", "Done: "), { className: "unseen" }));
      }
      if (at === done) item.setAttribute("aria-current", "step");
      return item;
    });
    byId("lesson-tasks", HTMLOListElement).replaceChildren(...items);
    byId("lesson-done", HTMLElement).textContent =
      done === tasks.length ? "All tasks of this lesson are done." : `${done} of ${tasks.length} tasks are done.`;
  }
}

/** An element with a text; a part between backticks is code. */
function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.append(...text.split("`").map((part, i) => (i % 2 === 0 ? part : element("code", part))));
  return made;
}

/** A text that begins with a capital letter. */
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
