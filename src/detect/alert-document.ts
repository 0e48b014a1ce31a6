/** A finding as one nested ECS document of kind `alert`. docs/output.md describes it for other programs. */
import { rfc3339 } from '../events/rfc3339.ts';
import { putThreat } from './attack.ts';
import { put } from './ecs-document.ts';
import type { Finding } from './finding.ts';

type Document = Record<string, unknown>;

/** The event's own fields with what the rule says about it. */
export function alertDocument(finding: Finding): Document {
  const document: Document = {};
  if (finding.firstUs !== undefined) document['@timestamp'] = rfc3339(finding.firstUs);
  merge(document, finding.event);
  put(document, 'event.kind', 'alert');
  const { rule } = finding;
  put(document, 'rule.id', rule.id);
  put(document, 'rule.name', rule.title);
  putThreat(document, rule.tactics, rule.techniques);
  put(document, 'ir.id', finding.id);
  put(document, 'ir.level', finding.level);
  put(document, 'ir.first_seen', instantOf(finding.firstUs));
  put(document, 'ir.last_seen', instantOf(finding.lastUs));
  put(document, 'ir.count', finding.count);
  put(document, 'ir.entities', finding.entities);
  put(
    document,
    'ir.evidence',
    finding.evidence.map(({ file, sha256, line, offset, raw, timeUs }) => ({
      file,
      sha256,
      line,
      offset,
      raw,
      time: instantOf(timeUs),
    })),
  );
  return document;
}

const instantOf = (timeUs: number | undefined): string | null =>
  timeUs === undefined ? null : rfc3339(timeUs);

function merge(into: Document, from: Readonly<Document>): void {
  for (const [key, value] of Object.entries(from)) {
    if (key === '@timestamp' && into[key] !== undefined) continue;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    into[key] = isObject ? structuredClone(value) : value;
  }
}
