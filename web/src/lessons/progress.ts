// The tasks that are done: the browser keeps them, and no address has them.

const KEY = "elman.lessons";

/** How many tasks are done, by the number of the lesson, from 0. Tasks are done in their order. */
export type Done = Record<number, number>;

/** Tasks that were done in an earlier visit; none, if the browser keeps nothing for this page. */
export function read(): Done {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return Object.fromEntries(Object.entries(kept ?? {}).filter(([, count]) => Number.isInteger(count)));
  } catch {
    return {};
  }
}

export function keep(done: Done): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(done));
  } catch {
    // A browser that keeps nothing still shows the tasks of this visit.
  }
}
