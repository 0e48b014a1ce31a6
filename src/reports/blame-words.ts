/** Finds wording that blames a person, so that the writer can tell instead what made it likely. */

/** Each with what to ask for instead. Word lists only: nothing here backtracks. */
const BLAME: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:should|could|must|ought to) (?:not )?have\b/i,
    'say what was known and possible at the time',
  ],
  [
    /\b(?:shouldn't|couldn't|should've|could've) ?(?:have)?\b/i,
    'say what was known and possible at the time',
  ],
  [
    /\b(?:careless(?:ly|ness)?|negligen(?:t|ce|tly)|incompeten(?:t|ce)|stupid(?:ity|ly)?|lazy|sloppy|idiot(?:ic)?|reckless(?:ly)?|clueless)\b/i,
    'describe the situation instead of the person',
  ],
  [/\b(?:human|user|operator) error\b/i, 'say what made the mistake easy to make'],
  [
    /\b(?:to blame|at fault|fault of|blamed? (?:on|for)|is guilty|his fault|her fault|their fault)\b/i,
    'name the conditions that led there',
  ],
  [
    /\b(?:failed|forgot|neglected|didn't bother|did not bother) to\b/i,
    'say what step was missing and why it could be missed',
  ],
];

/** The first blaming words of a text and what to write instead; undefined when there are none. */
export function blameIn(text: string): { words: string; instead: string } | undefined {
  for (const [pattern, instead] of BLAME) {
    const match = pattern.exec(text);
    if (match !== null) return { words: match[0], instead };
  }
  return undefined;
}
