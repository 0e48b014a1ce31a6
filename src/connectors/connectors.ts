/** All connectors. One more is a file and a line. */
import { suggestion, usageError } from '../errors.ts';
import { connector as cloudwatch } from './cloudwatch.ts';
import type { Connector } from './connector.ts';
import { connector as datadog } from './datadog.ts';
import { connector as datadogEvents } from './datadog-events.ts';
import { connector as forward } from './forward.ts';
import { connector as gelf } from './gelf.ts';
import { connector as grafana } from './grafana.ts';
import { connector as graylog } from './graylog.ts';
import { connector as httpIntake } from './http-intake.ts';
import { connector as loki } from './loki.ts';
import { connector as newrelic } from './newrelic.ts';
import { connector as opensearch } from './opensearch.ts';
import type { Place } from './place.ts';
import { connector as prometheus } from './prometheus.ts';
import { connector as s3 } from './s3.ts';
import { connector as splunk } from './splunk.ts';
import { connector as syslog } from './syslog.ts';

/** In the order of the documents. */
export const CONNECTORS: readonly Connector[] = [
  ...[opensearch, splunk, graylog, gelf, loki, datadog, datadogEvents, newrelic, cloudwatch, s3],
  ...[httpIntake, forward, syslog, prometheus, grafana],
];

/** The connector of a place. @throws IrError (exit 2) where none has its scheme */
export function connectorOf({ scheme, shown }: Place): Connector {
  const found = CONNECTORS.find(({ schemes }) => schemes.includes(scheme));
  if (found !== undefined) return found;
  throw usageError(
    `"${shown}": nothing here speaks to ${scheme}://`,
    suggestion(
      scheme,
      CONNECTORS.flatMap(({ schemes }) => schemes),
    ),
  );
}
