/**
 * STIX 2.1: the patterns of indicators. Those that are one comparison, or several linked by OR, are indicators as we have them.
 * @see https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_me3pzm77qfnf
 */
import type { IndicatorKind } from './indicator.ts';
import { createLineFinder } from './line-finder.ts';
import type { WrittenIndicator } from './read-indicators.ts';

const COMPARISON = /([a-z0-9-]+):([\w.'"-]+)\s*(=|ISSUBSET)\s*'((?:[^'\\]|\\.)*)'/g;
/** What may stand between the comparisons of alternatives. */
const ALTERNATIVES = /^[\s[\]()]*(?:OR[\s[\]()]*)*$/;

/** Everything that indicators of a bundle look for. */
export function* readStix(bundle: unknown, text: string): Generator<WrittenIndicator> {
  const lineOf = createLineFinder(text);
  const { objects = [bundle] } = bundle as { objects?: unknown };
  for (const object of Array.isArray(objects) ? objects : []) {
    const { type, pattern, pattern_type, revoked } = (object ?? {}) as Record<string, unknown>;
    if (type !== 'indicator' || typeof pattern !== 'string' || revoked === true) continue;
    const line = lineOf(pattern);
    if (pattern_type !== undefined && pattern_type !== 'stix') {
      const problem = `a pattern of type "${String(pattern_type)}" is not read`;
      yield { kind: undefined, text: pattern, line, problem };
    } else yield* inPattern(pattern, line);
  }
}

function* inPattern(pattern: string, line: number): Generator<WrittenIndicator> {
  const found = [...pattern.matchAll(COMPARISON)];
  const between = pattern.replace(COMPARISON, '');
  if (found.length === 0 || !ALTERNATIVES.test(between)) {
    const problem = `the pattern ${pattern.slice(0, 100)} asks for more than single values`;
    yield { kind: undefined, text: pattern, line, problem };
    return;
  }
  for (const [, object = '', path = '', , value = ''] of found) {
    const kind: IndicatorKind | undefined = /user.agent/i.test(path) ? 'user-agent' : undefined;
    const text = value.replace(/\\(.)/g, '$1');
    const isOther =
      !/^(?:ipv[46]-addr|domain-name|url|file|artifact|network-traffic|http-request-ext|email-addr)$/.test(
        object,
      );
    yield isOther && kind === undefined
      ? { kind, text, line, problem: `${object} is no kind of indicator that is looked for` }
      : { kind, text, line };
  }
}
