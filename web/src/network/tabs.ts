// Tabs: one of several parts of a card is seen.
import { byId } from "../dom";

/** Tabs with the identifiers `NAME-tab`, for parts with the identifiers `NAME-part`. */
export class Tabs<Name extends string> {
  selected: Name;

  /** `changed` is called when another part is seen. */
  constructor(private readonly names: readonly Name[], private readonly changed: () => void) {
    this.selected = names[0]!;
    names.forEach((name, i) => {
      const tab = this.tab(name);
      tab.addEventListener("click", () => this.choose(name));
      tab.addEventListener("keydown", ({ key }) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
        if (by === undefined) return;
        const next = names[(i + by + names.length) % names.length]!;
        this.choose(next);
        this.tab(next).focus();
      });
    });
    this.select(this.selected);
  }

  private tab(name: Name): HTMLButtonElement {
    return byId(`${name}-tab`, HTMLButtonElement);
  }

  private choose(name: Name): void {
    this.select(name);
    this.changed();
  }

  select(selected: Name): void {
    this.selected = selected;
    for (const name of this.names) {
      const isSelected = name === selected;
      this.tab(name).setAttribute("aria-selected", String(isSelected));
      this.tab(name).tabIndex = isSelected ? 0 : -1;
      byId(`${name}-part`, HTMLElement).hidden = !isSelected;
    }
  }
}
