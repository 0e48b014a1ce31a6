/** What a report must not hold for who reads it: found in its text by the detectors that mask notices. */
import { createHash } from 'node:crypto';
import { createMasker } from '../masking/masker.ts';
import type { ReportProblem } from '../reports/check-report.ts';

/** Variants for those who were there; all others, a file of one's own as well, may leave the house. */
const INSIDE: ReadonlySet<string> = new Set(['postmortem', 'timeline', 'handover', 'drill']);
/** What insiders need to read in a case: none of it is a password or a token. */
const KNOWN_INSIDE: ReadonlySet<string> = new Set(['mail', 'phone', 'session']);
/** What only readers outside must not see. */
const OUTSIDE = ['user', 'address'];
/** A hash or a head is no secret. */
const HASH = /^[0-9a-f]{64}$/;

/** The problems, one for each value; the values themselves are not told. @param text the report, Markdown */
export function personalData(text: string, template: string): ReportProblem[] {
  const isInside = INSIDE.has(template);
  const isIocSheet = template === 'ioc-sheet';
  const masker = createMasker((kind) => `masked-${kind}`, isInside || isIocSheet ? [] : OUTSIDE);
  const seen = new Set<string>();
  return text.split('\n').flatMap((line, index) =>
    masker.valuesIn(line).flatMap(({ kind, value }): ReportProblem[] => {
      const id = createHash('sha256').update(`${kind}\n${value}`).digest('hex');
      if (seen.has(id) || HASH.test(value) || (isInside && KNOWN_INSIDE.has(kind))) return [];
      seen.add(id);
      return [
        {
          degree: OUTSIDE.includes(kind) ? 'warning' : 'error',
          section: 'personal data',
          text: `Line ${index + 1} of ${template} holds ${kind} data, which ${isInside ? 'nobody' : 'its readers'} should see.`,
          command: `ir report ${template} --mask`,
        },
      ];
    }),
  );
}
