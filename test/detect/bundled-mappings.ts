/** What the names of Sigma's fields mean where the user has said nothing. */
import { createResolver } from '../../src/detect/fields/resolver.ts';
import { loadMappings } from '../../src/detect/load-mappings.ts';

const { bundled, problems } = await loadMappings({ XDG_CONFIG_HOME: '/nonexistent' }, undefined);
if (problems.length > 0 || bundled.length === 0) throw new Error('the mappings cannot be read');

export const mappings = { bundled, own: [], key: 'bundled', problems: [] };
export const resolveField = createResolver(bundled);

/** All names that are mapped. */
export const MAPPED_NAMES: readonly string[] = bundled
  .flatMap(({ fields }) => Object.keys(fields))
  .filter((name) => !name.includes('*'));
