// Characters in words.

const WORDS: Record<string, string> = { " ": "space", "\n": "line break", "\t": "tab", "\r": "carriage return", "\u00a0": "no-break space" };

/** A character between quotation marks; one that is not seen, in words. */
export function inWords(character: string): string {
  if (WORDS[character] !== undefined) return WORDS[character];
  const isSeen = !/[\p{C}\p{Z}\p{M}]/u.test(character);
  return isSeen ? `“${character}”` : `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  return share < 0.001 && share > 0 ? "<\u00a00.1\u00a0%" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}\u00a0%`;
}

/** Bits per character, in two digits after the point. */
export function bits(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "–";
}
