/** Collectors that take JSON over HTTP: Logstash's http input, Fluentd and Fluent Bit. */

import { sendHalving } from './ask-json.ts';
import type { Connector, Reach, Sink } from './connector.ts';
import { ask, authorization, refusal } from './exchange.ts';
import { baseUrl } from './place.ts';

const PORTS: Readonly<Record<string, number>> = { logstash: 8080, fluentd: 9880, fluentbit: 9880 };

function sink(reach: Reach): Sink {
  const { scheme, path } = reach.place;
  // The path is the tag of the events there.
  const url = `${baseUrl(reach.place, PORTS[scheme])}/${scheme === 'logstash' ? path : path || 'ir'}`;
  return {
    limits: { documents: 500, bytes: 2_000_000 },
    write: (batch) =>
      sendHalving(
        batch,
        (part) =>
          ask(reach, {
            method: 'POST',
            url,
            headers: { ...authorization(reach), 'content-type': 'application/json' },
            body: JSON.stringify(part.map(({ fields }) => fields)),
            isRepeatable: false,
          }),
        (answer) => refusal(reach, answer, scheme),
      ),
  };
}

/** The connector. */
export const connector: Connector = {
  schemes: ['logstash', 'fluentd', 'fluentbit'],
  title: 'Logstash, Fluentd and Fluent Bit over HTTP',
  example: 'logstash+http://HOST:8080, fluentbit+http://HOST:9880/TAG',
  url: 'https://www.elastic.co/docs/reference/logstash/plugins/plugins-inputs-http',
  secrets: {
    user: ['LOGSTASH_USERNAME'],
    password: ['LOGSTASH_PASSWORD'],
    token: ['LOGSTASH_TOKEN'],
  },
  sink,
};
