// Pages of the playground: one is shown at a time, and each has its own part of the address.

export interface View {
  /** Shows the view in the state of an address, the part after `#`. */
  show(address: URLSearchParams): void;
  /** The address of all that is seen, the part after `#`, where it is more than that of the page. */
  address?(): string;
  /** Another view is shown: work that nobody sees stops. */
  hide(): void;
}

/** The name of the view in an address; an address without a name is of the network. */
export function viewOf(address: URLSearchParams): string {
  return address.get("view") ?? "network";
}

/** The part of the address after `#`. */
export function address(): URLSearchParams {
  return new URLSearchParams(location.hash.replace(/^#/, ""));
}

/** The form of words in an address. */
export function toHash(words: Record<string, string | number>): string {
  return Object.entries(words).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

/** Writes the state of a view into the address, without a new entry in the history of the browser; a view that is hidden
 * writes nothing. Returns whether the address was written. */
export function setAddress(words: Record<string, string | number>): boolean {
  if (document.getElementById(`view-${words.view ?? "network"}`)?.hidden) return false;
  history.replaceState(null, "", `#${toHash(words)}`);
  return true;
}
