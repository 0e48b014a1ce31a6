/** The `fieldref` modifier: compares the values of two fields of one event. */
import type { Place } from './modifiers.ts';

/** Compares as text, ignoring case unless `isCased`; any element of a list may match any of the other. */
export function compareFields(
  place: Place,
  isCased: boolean,
): (value: unknown, other: unknown) => boolean {
  const compareTexts = textComparison(place);
  const fold = (value: unknown): string => (isCased ? String(value) : String(value).toLowerCase());
  return (value, other) => {
    const others = listOf(other).map(fold);
    return listOf(value).some((element) => {
      const text = fold(element);
      return others.some((otherText) => compareTexts(text, otherText));
    });
  };
}

function textComparison(place: Place): (text: string, other: string) => boolean {
  switch (place) {
    case 'contains':
      return (text, other) => text.includes(other);
    case 'startswith':
      return (text, other) => text.startsWith(other);
    case 'endswith':
      return (text, other) => text.endsWith(other);
    default:
      return (text, other) => text === other;
  }
}

/** The elements to compare; absent, null and records have none. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return typeof value === 'object' ? [] : [value];
  return value.filter((element) => element !== null && typeof element !== 'object');
}
