/**
 * The parts of a regular expression as steps from sets of positions to sets of positions. Whether a text
 * matches needs no more, nothing is built before the first text, and as a position is kept once, however many
 * ways lead to it, there is no going back and forth over the text.
 */

/** One text under test. */
export interface Reading {
  text: string;
  /** How much work may still be done; below zero the answers mean nothing. */
  fuel: number;
}

/** Where a part may end, given where it may begin. Positions are ascending and distinct. */
export type Step = (reading: Reading, starts: readonly number[]) => readonly number[];

const NOWHERE: readonly number[] = [];

/** A stretch of plain characters. */
export function wordStep(word: string): Step {
  return (reading, starts) => {
    const { text } = reading;
    const ends: number[] = [];
    if (starts.length > text.length) {
      // It may begin everywhere.
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        ends.push(at + word.length);
      }
      reading.fuel -= text.length >> 3;
    } else {
      for (const start of starts) {
        if (text.startsWith(word, start)) ends.push(start + word.length);
      }
      reading.fuel -= starts.length;
    }
    reading.fuel -= ends.length + 1;
    return ends;
  };
}

/** `min` to `max` characters of a class. @param isIn 1 for the character codes of the class */
export function classStep(isIn: Uint8Array, min: number, max: number): Step {
  return (reading, starts) => {
    const { text } = reading;
    const ends: number[] = [];
    /** All characters from the start at hand up to here are of the class. */
    let reach = 0;
    let next = 0;
    for (const start of starts) {
      if (reach < start) reach = start;
      const from = reach;
      const limit = Math.min(text.length, start + max);
      while (reach < limit && isIn[text.charCodeAt(reach)] === 1) reach += 1;
      for (let end = Math.max(next, start + min); end <= reach; end += 1) {
        ends.push(end);
        next = end + 1;
      }
      reading.fuel -= reach - from + 1;
    }
    reading.fuel -= ends.length + 1;
    return ends;
  };
}

/** A condition on the place, which takes no characters. */
export function placeStep(isAt: (text: string, at: number) => boolean): Step {
  return (reading, starts) => {
    reading.fuel -= starts.length + 1;
    return starts.filter((start) => isAt(reading.text, start));
  };
}

/** One part after the other. */
export function sequenceStep(steps: readonly Step[]): Step {
  const [only] = steps;
  if (only !== undefined && steps.length === 1) return only;
  return (reading, starts) => {
    let positions = starts;
    for (const step of steps) {
      if (positions.length === 0 || reading.fuel < 0) return NOWHERE;
      positions = step(reading, positions);
    }
    return positions;
  };
}

/** Any of the branches. */
export function branchStep(steps: readonly Step[]): Step {
  const [only] = steps;
  if (only !== undefined && steps.length === 1) return only;
  return (reading, starts) => {
    let ends = NOWHERE;
    for (const step of steps) {
      if (reading.fuel < 0) return NOWHERE;
      ends = union(reading, ends, step(reading, starts));
    }
    return ends;
  };
}

/** A part `min` to `max` times. */
export function repeatStep(step: Step, min: number, max: number): Step {
  return (reading, starts) => {
    let latest = starts;
    for (let count = 0; count < min && latest.length > 0; count += 1) {
      latest = step(reading, latest);
    }
    let ends = latest;
    for (let count = min; count < max && latest.length > 0; count += 1) {
      // What was reached before had more repetitions left: only new positions lead on.
      const known = new Set(ends);
      reading.fuel -= ends.length;
      if (reading.fuel < 0) return NOWHERE;
      latest = step(reading, latest).filter((end) => !known.has(end));
      ends = union(reading, ends, latest);
    }
    return ends;
  };
}

function union(
  reading: Reading,
  left: readonly number[],
  right: readonly number[],
): readonly number[] {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  reading.fuel -= left.length + right.length;
  return [...new Set([...left, ...right])].sort((a, b) => a - b);
}
