// What differs between two texts, as one stretch.

/** A stretch of a text, and what comes in its place. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** The stretch in which two texts differ, nothing when they do not. */
export function difference(before: string, after: string): Change | undefined {
  if (before === after) return undefined;
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < limit - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

/** Whether two changes of a text have a line in common. */
export function touches(text: string, one: Change, other: Change): boolean {
  const first = (change: Change) => text.lastIndexOf("\n", change.from - 1) + 1;
  const last = (change: Change) => {
    const end = text.indexOf("\n", change.to);
    return end < 0 ? text.length : end;
  };
  return first(one) <= last(other) && first(other) <= last(one);
}

/** Where a change lies once another one, which it does not touch, has been made. */
export function after(change: Change, made: Change): Change {
  if (change.from < made.from) return change;
  const by = made.insert.length - (made.to - made.from);
  return { from: change.from + by, to: change.to + by, insert: change.insert };
}
