/** Events in Datadog, for findings and incidents: they stand over its graphs. @see https://docs.datadoghq.com/api/latest/events/ */
import { askOk } from './ask-json.ts';
import type { Connector, JsonRecord, Reach, Sink } from './connector.ts';
import { addressOf, keysOf, SECRETS } from './datadog.ts';

/** What the levels are called there. */
const TYPES: Readonly<Record<string, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
};

function sink(reach: Reach): Sink {
  return {
    limits: { documents: 100, bytes: 1_000_000 },
    async write(batch) {
      for (const { id, timeUs, text, fields } of batch) {
        const { ir, rule } = fields as { ir?: JsonRecord; rule?: JsonRecord };
        const level = String(ir?.['level'] ?? '');
        const tags = [level && `level:${level}`, rule?.['name'] && `rule:${String(rule['name'])}`];
        await askOk(reach, {
          ...{ method: 'POST', url: `${addressOf(reach, 'api')}/api/v1/events` },
          ...{
            headers: { ...keysOf(reach), 'content-type': 'application/json' },
            isRepeatable: false,
          },
          body: JSON.stringify({
            title: text.slice(0, 100),
            text: text.slice(0, 4000),
            date_happened: Math.floor((timeUs ?? reach.now().getTime() * 1000) / 1_000_000),
            ...{ alert_type: TYPES[level] ?? 'info', aggregation_key: id, source_type_name: 'ir' },
            tags: ['ir', ...tags.filter((tag) => typeof tag === 'string' && tag !== '')],
          }),
        });
      }
      return { written: batch.length, known: 0, refused: [] };
    },
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['datadogevents'],
  title: 'Datadog events',
  example: 'datadogevents://datadoghq.eu, with --what findings or incident',
  url: 'https://docs.datadoghq.com/api/latest/events/',
  secrets: SECRETS,
  sink,
};
