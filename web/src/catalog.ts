// The registries of the engine.

/** An entry of a registry. */
export interface Entry {
  family: string;
  name: string;
  summary: string;
  /** The unit of a series; else empty. */
  unit: string;
}

/** Reads the registries: one line for each entry, its parts separated by tabs. */
export function catalogOf(lines: string): Entry[] {
  return lines.trim().split("\n").map((line) => {
    const [family = "", name = "", summary = "", unit = ""] = line.split("\t");
    return { family, name, summary, unit };
  });
}

/** The place of an entry in its registry; a place beyond all of them for an unknown name. */
export function placeIn(catalog: Entry[], family: string, name: string): number {
  const at = catalog.filter((entry) => entry.family === family).findIndex((entry) => entry.name === name);
  return at < 0 ? 0xffff : at;
}

/** The options of a menu of cells. */
export function cellOptions(catalog: Entry[]): HTMLOptionElement[] {
  return catalog.filter(({ family }) => family === "cell").map(({ name, summary }) => {
    const [cell = "", activation] = name.toUpperCase().split("_");
    const option = new Option(activation ? `${cell} with ${activation.replace("RELU", "ReLU")}` : cell, name);
    option.title = summary;
    return option;
  });
}
