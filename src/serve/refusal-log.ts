/** Refusals in lines, so few that nobody can fill a screen or a disk with them; what is not said is counted. */

const MOST = 20;
const SPAN_MS = 10_000;

/** Says at most so many lines in ten seconds. @param now milliseconds */
export function createRefusalLog(
  say: (text: string) => void,
  now: () => number,
): (text: string) => void {
  let beganMs = Number.NEGATIVE_INFINITY;
  let said = 0;
  return (text) => {
    if (now() - beganMs >= SPAN_MS) {
      if (said > MOST) say(`refused ${said - MOST} more in ten seconds`);
      beganMs = now();
      said = 0;
    }
    said += 1;
    if (said <= MOST) say(text);
  };
}
