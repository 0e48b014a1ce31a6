/** Severity of rules and findings, in Sigma's words, weakest first. */
export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;

/** How grave a finding is, in Sigma's words. */
export type Level = (typeof LEVELS)[number];

/** 0 (informational) to 4 (critical). */
export const levelRank = (level: Level): number => LEVELS.indexOf(level);
