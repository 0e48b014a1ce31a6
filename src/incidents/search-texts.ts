/** What of an entry can be searched for. */

/** Longer texts are cut: a timeline of a million lines is searched with `ir grep`. */
const MOST_CHARACTERS = 20_000;
/** Members that name something by numbers nobody types, or say how a thing is kept. */
const NO_WORDS =
  /^(?:sha256|ruleSha256|payloadHash|hash|head|offset|stdoutSha256|stderrSha256|instead)$/;
const RANDOM_ID = /^[0-9a-f]{32}(?:[0-9a-f]{32})?$/;

/**
 * The texts of a payload: one for all of it, and one for each finding of a saved timeline, which would drown each
 * other.
 */
export function searchTexts(type: string, payload: unknown): string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  const { findings, ...rest } = payload as Record<string, unknown>;
  const each = type === 'timeline_saved' && Array.isArray(findings) ? findings : [];
  return [rest, ...each].flatMap((part) => {
    const words: string[] = [];
    collect(part, words);
    const text = words.join(' ').slice(0, MOST_CHARACTERS);
    return text === '' ? [] : [text];
  });
}

function collect(value: unknown, words: string[]): void {
  if (typeof value === 'string') {
    if (!RANDOM_ID.test(value)) words.push(value);
  } else if (Array.isArray(value)) {
    for (const one of value) collect(one, words);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      if (!NO_WORDS.test(name)) collect(one, words);
    }
  }
}
