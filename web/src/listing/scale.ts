// Browsers limit how high an element can be, so a long text cannot have its full height. In: the
// height of the text and what is seen of it. Out: where the scroll bar stands for a place in the
// text, and the other way round.

/** Less than any browser's limit, in CSS pixels. */
const HIGHEST = 8_000_000;
/** So much at both ends scrolls pixel by pixel, else the ends could not be reached in small steps. */
const EXACT = 200_000;

export interface Scale {
  /** Of the element that is scrolled. */
  height: number;
  /** Whether one pixel of the scroll bar is more than one of the text. */
  coarse: boolean;
  toText(bar: number): number;
  toBar(text: number): number;
}

export function scale(text: number, seen: number): Scale {
  const height = Math.min(text, HIGHEST);
  const [lastText, lastBar] = [Math.max(text - seen, 0), Math.max(height - seen, 0)];
  const coarse = text > height;
  const ratio = coarse ? (lastText - 2 * EXACT) / (lastBar - 2 * EXACT) : 1;
  const map = (place: number, last: number, otherLast: number, ratio: number) => {
    if (place <= EXACT || !coarse) return Math.min(Math.max(place, 0), otherLast);
    if (place >= last - EXACT) return Math.max(otherLast - (last - place), 0);
    return EXACT + (place - EXACT) * ratio;
  };
  return {
    height,
    coarse,
    toText: (bar) => map(bar, lastBar, lastText, ratio),
    toBar: (place) => map(place, lastText, lastBar, 1 / ratio),
  };
}
