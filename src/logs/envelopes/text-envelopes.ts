/**
 * What stands in front of lines in text: the names and times that container runtimes and log collectors write.
 * A row says how an envelope is recognised; named groups are its fields (`time`, `stream`, `part`, `tag`, and ECS
 * fields under the short names of `OWN`). The payload follows the match.
 */
import type { EcsField } from '../../events/event.ts';
import type { Sample } from '../formats/log-format.ts';

/** Short names of groups in the patterns below. */
export const OWN: Readonly<Record<string, EcsField>> = {
  container: 'container.name',
  pod: 'orchestrator.resource.name',
  namespace: 'orchestrator.namespace',
  logStream: 'aws.cloudwatch.log_stream',
};

/** One way of writing something in front of a line, and where it is specified. */
export interface TextEnvelope {
  name: string;
  url: string;
  /** Anchored at the beginning, linear. */
  pattern: RegExp;
  /** So many lines begin like that: it is an envelope only where the payload is a line that a format claims. */
  isWeak: boolean;
  samples: readonly Sample[];
}

const STAMP = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)`;
const COLOR = String.raw`(?:\x1b\[[\d;]{0,12}m)?`;
const ACCESS = '203.0.113.10 - - [15/Jul/2026:11:15:28 +0000] "GET /?id=1 HTTP/1.1" 200 3 "-" "x"';
const READ = {
  time: '2026-07-15T11:15:28.000000Z',
  'source.ip': '203.0.113.10',
  'url.query': 'id=1',
};

const row = (
  name: string,
  url: string,
  pattern: string,
  head: string,
  own: Readonly<Record<string, unknown>>,
  isWeak = false,
  payload = ACCESS,
): TextEnvelope => ({
  name,
  url,
  pattern: new RegExp(`^${pattern}`),
  isWeak,
  samples: [{ lines: [head + payload], expect: { ...READ, ...own } }],
});

/** All of them, in the order in which they are tried. One more is a row. */
export const TEXT_ENVELOPES: readonly TextEnvelope[] = [
  row(
    'cri',
    'https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md',
    `(?<time>${STAMP}) (?<stream>stdout|stderr) (?<part>[PF])(?::\\S{0,32})?(?: |$)`,
    '2026-07-15T11:15:28.123456789Z stdout F ',
    {},
  ),
  row(
    'compose',
    'https://docs.docker.com/reference/cli/docker/compose/logs/',
    // `docker service logs` names the task and its node: `web.1.x7k@node1    | `.
    `${COLOR}(?<container>[\\w.-]{1,128}(?:@[\\w.-]{1,128})?) {0,128}\\|${COLOR}(?: ${COLOR}|$)`,
    'nginx-1  | ',
    { 'container.name': 'nginx-1' },
  ),
  row(
    'kubectl',
    'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/',
    '\\[pod/(?<pod>[\\w.-]{1,253})/(?<container>[\\w.-]{1,128})\\](?: |$)',
    '[pod/web-7d4/nginx] ',
    { 'container.name': 'nginx', 'orchestrator.resource.name': 'web-7d4' },
  ),
  row(
    'fluentd',
    'https://docs.fluentd.org/output/file',
    `(?<time>${STAMP})\\t(?<tag>[^\\t]{1,255})\\t(?=\\{)`,
    '2026-07-15T11:15:28+00:00\tdocker.web\t',
    {},
    false,
    JSON.stringify({ log: ACCESS, container_name: '/web' }),
  ),
  row(
    'aws-logs-tail',
    'https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html',
    `(?<time>${STAMP}) (?<logStream>(?=i-|ip-|\\S{0,511}[/$])[^\\s"]{1,512}) `,
    '2026-07-15T11:15:28.123000+00:00 web/nginx/0a1b2c ',
    { 'aws.cloudwatch.log_stream': 'web/nginx/0a1b2c' },
    true,
  ),
  row(
    'docker-timestamps',
    'https://docs.docker.com/reference/cli/docker/container/logs/',
    // Others put a stamp in front in the same way.
    '(?<time>\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?(?: ?(?:Z|[+-]\\d\\d:?\\d\\d))?) ',
    '2026-07-15T11:15:28.123456789Z ',
    {},
    true,
  ),
  row(
    'stern',
    'https://github.com/stern/stern',
    `${COLOR}(?<pod>[a-z0-9][a-z0-9.-]{0,252}-[a-z0-9]{1,10})${COLOR} (?:› )?${COLOR}(?<container>[a-z0-9][a-z0-9-]{0,62})${COLOR} `,
    'web-7d4f9-x2x9z nginx ',
    { 'container.name': 'nginx', 'orchestrator.resource.name': 'web-7d4f9-x2x9z' },
    true,
  ),
];
