/**
 * The forms in which times are written, by example, the commonest first. Errors, prompts, help and documentation list
 * these, and a test reads each.
 */
export const TIME_EXAMPLES: readonly string[] = [
  ...['now', '02:50', 'yesterday 14:00', 'last night', '20 minutes ago', '2h'],
  ...['2:50 pm', 'noon', 'this morning', 'last night 23:30', 'monday 8am', 'Mar 1 14:05'],
  ...['2026-03-01 14:05', '29.11.2026 14:05', '2026-03-01T14:05:00Z', '1772373900'],
];
