/** A finding as one nested ECS document of kind `alert`. docs/output.md describes it for other programs. */
import { rfc3339 } from '../events/rfc3339.ts';
import { putThreat } from './attack.ts';
import { put } from './ecs-document.ts';
import type { Act, Evidence, Finding, FoldedFinding } from './finding.ts';

type Document = Record<string, unknown>;

/** The event's own fields with what the rule says about it. */
export function alertDocument(finding: Finding): Document {
  const document: Document = {};
  const atUs = finding.atUs ?? finding.firstUs;
  if (atUs !== undefined) document['@timestamp'] = rfc3339(atUs);
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
  if (finding.isLeast === true) put(document, 'ir.count_is_least', true);
  put(document, 'ir.entities', finding.entities);
  put(document, 'ir.evidence', finding.evidence.map(evidenceDocument));
  if (finding.indicators !== undefined) put(document, 'ir.indicators', finding.indicators);
  if (finding.noise !== undefined) {
    const { actors, ofActors, findings } = finding.noise;
    put(document, 'ir.noise', { actors, of_actors: ofActors, findings });
  }
  if (finding.raised !== undefined) put(document, 'ir.raised', finding.raised);
  if (finding.doubt !== undefined) put(document, 'ir.doubt', finding.doubt);
  if (finding.act !== undefined) putAct(document, finding.act);
  return document;
}

function putAct(document: Document, { others, unnamed, furtherValues }: Act): void {
  put(document, 'ir.folded', others.map(foldedDocument));
  put(document, 'ir.folded_count', others.length + unnamed);
  put(document, 'ir.further_values', furtherValues);
}

const foldedDocument = (folded: FoldedFinding): Document => ({
  id: folded.id,
  rule_id: folded.rule.id,
  rule_name: folded.rule.title,
  techniques: folded.rule.techniques,
  level: folded.level,
  first_seen: instantOf(folded.firstUs),
  last_seen: instantOf(folded.lastUs),
  count: folded.count,
  evidence: folded.evidence === undefined ? null : evidenceDocument(folded.evidence),
});

const evidenceDocument = ({ file, sha256, line, offset, raw, timeUs }: Evidence): Document => ({
  file,
  sha256,
  line,
  offset,
  raw,
  time: instantOf(timeUs),
});

const instantOf = (timeUs: number | undefined): string | null =>
  timeUs === undefined ? null : rfc3339(timeUs);

function merge(into: Document, from: Readonly<Document>): void {
  for (const [key, value] of Object.entries(from)) {
    if (key === '@timestamp' && into[key] !== undefined) continue;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    into[key] = isObject ? structuredClone(value) : value;
  }
}
