/** MITRE ATT&CK in Sigma tags: `attack.credential-access`, `attack.t1110.001`. */

const TECHNIQUE = /^t\d{4}(?:\.\d{3})?$/;
/** Groups, software and campaigns, which are neither tactics nor techniques. */
const OTHER_OBJECT = /^[gsc]\d{4}$/;

/** ATT&CK ids that a rule is tagged with. */
export interface AttackTags {
  /** Slugs in dash form, such as `credential-access`. */
  tactics: readonly string[];
  /** Ids such as `T1110.001`. */
  techniques: readonly string[];
}

/** The tactics and techniques among a rule's tags, each once, in the order written. */
export function attackOf(tags: readonly string[]): AttackTags {
  const tactics = new Set<string>();
  const techniques = new Set<string>();
  for (const tag of tags) {
    const name = tag.toLowerCase();
    if (!name.startsWith('attack.')) continue;
    const value = name.slice('attack.'.length);
    if (TECHNIQUE.test(value)) techniques.add(value.toUpperCase());
    else if (!OTHER_OBJECT.test(value)) tactics.add(value.replaceAll('_', '-'));
  }
  return { tactics: [...tactics], techniques: [...techniques] };
}
