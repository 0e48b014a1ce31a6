/** Annotations in Grafana: what is sent stands on every dashboard that asks for its tags. @see https://grafana.com/docs/grafana/latest/developers/http_api/annotations/ */
import type { Connector, JsonRecord, Reach, Sink } from './connector.ts';
import { ask, authorization, brief, refusal } from './exchange.ts';
import { baseUrl } from './place.ts';

const PORT = 3000;

function sink(reach: Reach): Sink {
  const url = `${baseUrl(reach.place, PORT)}/api/annotations`;
  const headers = {
    ...authorization(reach),
    'content-type': 'application/json',
    accept: 'application/json',
  };
  return {
    limits: { documents: 100, bytes: 1_000_000 },
    async write(batch) {
      const refused: { id: string; reason: string }[] = [];
      for (const { id, timeUs, text, fields } of batch) {
        const { ir, rule } = fields as { ir?: JsonRecord; rule?: JsonRecord };
        const tags = ['ir', ir?.['level'], rule?.['name']].filter((one) => typeof one === 'string');
        const answer = await ask(reach, {
          ...{ method: 'POST', url, headers, isRepeatable: false },
          body: JSON.stringify({
            time: Math.floor((timeUs ?? reach.now().getTime() * 1000) / 1000),
            tags: [...tags, `ir:${id}`],
            text: text.slice(0, 4000),
          }),
        });
        if (answer.status === 400) refused.push({ id, reason: brief(answer.body).trim() });
        else if (answer.status >= 300) throw refusal(reach, answer, 'POST /api/annotations');
      }
      return { written: batch.length - refused.length, known: 0, refused };
    },
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['grafana'],
  title: 'Grafana annotations',
  example: 'grafana://HOST:3000, with --what findings or incident',
  url: 'https://grafana.com/docs/grafana/latest/developers/http_api/annotations/',
  secrets: {
    token: ['GRAFANA_TOKEN', 'GRAFANA_API_KEY'],
    user: ['GRAFANA_USERNAME'],
    password: ['GRAFANA_PASSWORD'],
  },
  sink,
};
