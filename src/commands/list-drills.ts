/** `ir drill list`: the breaches that come with the program. */
import { bundledScenarios, loadScenario } from '../drills/load-scenario.ts';

/** One of them. */
export interface DrillSummary {
  name: string;
  title: string;
  summary: string;
  /** How long it lasts. */
  days: number;
  /** The log files that it writes. */
  files: readonly string[];
}

/** The bundled scenarios by name. */
export interface DrillListResult {
  drills: readonly DrillSummary[];
}

/** Reads what the bundled scenarios say of themselves. */
export const listDrills = (): DrillListResult => ({
  drills: bundledScenarios().map((bundled) => {
    const { name, title, summary, days, files } = loadScenario(bundled);
    return { name, title, summary, days, files: Object.values(files).map(({ path }) => path) };
  }),
});
