/**
 * Rows as events of the Open Cybersecurity Schema Framework. What a class demands is there, or the row is of the base class.
 * @see https://schema.ocsf.io/
 */
import { safeJson } from '../neutralise.ts';
import {
  field,
  isFinding,
  messageOf,
  placeOf,
  type Row,
  type Rows,
  stableId,
  text,
  timeUsOf,
} from './row.ts';

const VERSION = '1.3.0';
const SEVERITY: Readonly<Record<string, number>> = {
  ...{ informational: 1, low: 2, medium: 3, high: 4, critical: 5 },
};
const OTHER = 99;

type Attributes = Readonly<Record<string, unknown>>;

/** A class: which rows are of it, what they do, and what they have. */
interface OcsfClass {
  uid: number;
  name: string;
  category: number;
  fits(row: Row): boolean;
  /** What it has besides, of profiles that the class applies. */
  profile?: string;
  /** `activity_id`. */
  activity(row: Row): number;
  attributes(row: Row): Attributes;
}

const has = (row: Row, ...names: readonly string[]): boolean =>
  names.some((name) => field(row, name) !== undefined);
const categoryOf = (row: Row): readonly unknown[] => [field(row, 'event.category')].flat();
const isOf = (row: Row, category: string): boolean => categoryOf(row).includes(category);
const typesOf = (row: Row): readonly unknown[] => [field(row, 'event.type')].flat();

/** Without what is absent. */
const present = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

function endpoint(row: Row, side: 'source' | 'destination'): Attributes | undefined {
  const ip = field(row, `${side}.ip`);
  const address = field(row, `${side}.address`);
  const hostname = address === ip ? undefined : address;
  if (ip === undefined && hostname === undefined) return undefined;
  return present({ ip, hostname, port: field(row, `${side}.port`) });
}

function userOf(row: Row): Attributes | undefined {
  if (!has(row, 'user.name', 'user.id')) return undefined;
  const [name, uid, domain] = ['name', 'id', 'domain'].map((part) => field(row, `user.${part}`));
  return present({ name, uid: uid === undefined ? undefined : String(uid), domain });
}

function deviceOf(row: Row): Attributes | undefined {
  const hostname = field(row, 'host.hostname') ?? field(row, 'host.name');
  // Of which kind it is no log says.
  return hostname === undefined ? undefined : { hostname, type_id: 0 };
}

function processOf(row: Row): Attributes {
  const path = field(row, 'process.executable');
  const name = field(row, 'process.name');
  return present({
    ...{ name, pid: field(row, 'process.pid'), cmd_line: field(row, 'process.command_line') },
    file:
      path === undefined
        ? undefined
        : { path, name: String(path).split(/[\\/]/).at(-1), type_id: 1 },
  });
}

const METHODS = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'TRACE'];

const CLASSES: readonly OcsfClass[] = [
  {
    ...{ uid: 2004, name: 'Detection Finding', category: 2 },
    fits: isFinding,
    activity: () => 1,
    attributes: (row) => ({
      finding_info: present({
        ...{ uid: stableId(row), title: text(row, 'rule.name') },
        analytic: { type_id: 1, name: text(row, 'rule.name'), uid: text(row, 'rule.id') },
        first_seen_time: msOf(text(row, 'ir.first_seen')),
        last_seen_time: msOf(text(row, 'ir.last_seen')),
      }),
      count: field(row, 'ir.count'),
    }),
  },
  {
    ...{ uid: 3002, name: 'Authentication', category: 3 },
    fits: (row) =>
      (isOf(row, 'authentication') || isOf(row, 'session')) &&
      has(row, 'user.name', 'user.id') &&
      (has(row, 'destination.ip', 'destination.address') || serviceOf(row) !== undefined),
    activity: (row) => (typesOf(row).includes('end') ? 2 : 1),
    attributes: (row) => ({
      user: userOf(row),
      service: serviceOf(row),
      src_endpoint: endpoint(row, 'source'),
      dst_endpoint: endpoint(row, 'destination'),
    }),
  },
  {
    ...{ uid: 4002, name: 'HTTP Activity', category: 4 },
    fits: (row) =>
      has(row, 'http.request.method', 'http.response.status_code') &&
      has(row, 'source.ip', 'source.address'),
    activity: (row) => {
      const method = METHODS.indexOf(text(row, 'http.request.method'));
      return method < 0 ? OTHER : method + 1;
    },
    attributes: (row) => ({
      http_request: present({
        http_method: field(row, 'http.request.method'),
        url: present({
          url_string: field(row, 'url.original'),
          path: field(row, 'url.path'),
          query_string: field(row, 'url.query'),
          hostname: field(row, 'url.domain'),
        }),
        user_agent: field(row, 'user_agent.original'),
        referrer: field(row, 'http.request.referrer'),
        version: field(row, 'http.version'),
      }),
      http_response: has(row, 'http.response.status_code')
        ? present({
            code: field(row, 'http.response.status_code'),
            length: field(row, 'http.response.body.bytes'),
          })
        : undefined,
      src_endpoint: endpoint(row, 'source'),
      dst_endpoint: endpoint(row, 'destination'),
    }),
  },
  {
    ...{ uid: 6003, name: 'API Activity', category: 6, profile: 'cloud' },
    fits: (row) =>
      has(row, 'cloud.provider', 'cloud.service.name') &&
      has(row, 'event.action') &&
      has(row, 'source.ip', 'source.address') &&
      has(row, 'user.name', 'user.id'),
    activity: (row) => {
      const verbs = [/^(?:create|put|run|add|attach)/i, /^(?:get|list|describe|head|lookup)/i];
      const others = [/^(?:update|modify|set|change)/i, /^(?:delete|remove|terminate|detach)/i];
      const verb = [...verbs, ...others].findIndex((each) => each.test(text(row, 'event.action')));
      return verb < 0 ? OTHER : verb + 1;
    },
    attributes: (row) => ({
      actor: { user: userOf(row) },
      api: present({ operation: text(row, 'event.action'), service: cloudService(row) }),
      src_endpoint: endpoint(row, 'source'),
      cloud: present({
        provider: field(row, 'cloud.provider'),
        region: field(row, 'cloud.region'),
        account: has(row, 'cloud.account.id')
          ? { uid: text(row, 'cloud.account.id'), type_id: 0 }
          : undefined,
      }),
    }),
  },
  {
    ...{ uid: 1007, name: 'Process Activity', category: 1 },
    fits: (row) =>
      isOf(row, 'process') &&
      has(row, 'process.name', 'process.executable') &&
      has(row, 'user.name', 'user.id', 'process.parent.name', 'process.parent.executable'),
    activity: (row) =>
      typesOf(row).includes('end') ? 2 : typesOf(row).includes('start') ? 1 : OTHER,
    attributes: (row) => ({
      process: processOf(row),
      // It must have one, and an audit log often does not say where it was written.
      device: deviceOf(row) ?? { name: 'unknown', type_id: 0 },
      actor: present({
        user: userOf(row),
        process: has(row, 'process.parent.name', 'process.parent.executable')
          ? present({
              name: field(row, 'process.parent.name') ?? field(row, 'process.parent.executable'),
              pid: field(row, 'process.parent.pid'),
            })
          : undefined,
      }),
    }),
  },
  {
    ...{ uid: 4001, name: 'Network Activity', category: 4 },
    fits: (row) =>
      isOf(row, 'network') && has(row, 'source.ip', 'destination.ip', 'source.address'),
    activity: (row) => (typesOf(row).includes('denied') ? 5 : 6),
    attributes: (row) => ({
      src_endpoint: endpoint(row, 'source'),
      dst_endpoint: endpoint(row, 'destination'),
      connection_info: present({
        protocol_name: field(row, 'network.transport'),
        direction_id: 0,
      }),
    }),
  },
];

const BASE: OcsfClass = {
  ...{ uid: 0, name: 'Base Event', category: 0 },
  fits: () => true,
  activity: () => OTHER,
  attributes(row) {
    const user = userOf(row);
    // The class itself has no room for them.
    return {
      unmapped: { device: deviceOf(row), actor: user === undefined ? undefined : { user } },
    };
  },
};

function serviceOf(row: Row): Attributes | undefined {
  const name =
    field(row, 'service.name') ?? field(row, 'process.name') ?? field(row, 'event.dataset');
  return name === undefined ? undefined : { name };
}

function cloudService(row: Row): Attributes | undefined {
  const name = field(row, 'cloud.service.name') ?? field(row, 'event.provider');
  return name === undefined ? undefined : { name };
}

const msOf = (time: string): number | undefined => {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
};

const STATUS: Readonly<Record<string, number>> = { success: 1, failure: 2 };

/** An event, as its class demands. */
export function ocsfEvent(row: Row): Attributes {
  const { uid, name, category, profile, activity, attributes } =
    CLASSES.find(({ fits }) => fits(row)) ?? BASE;
  const activityId = activity(row);
  const { unmapped: besides, ...own } = attributes(row);
  const { file, line, raw } = placeOf(row);
  const timeUs = timeUsOf(row);
  return present({
    ...{ class_uid: uid, class_name: name, category_uid: category, activity_id: activityId },
    type_uid: uid * 100 + activityId,
    time: timeUs === undefined ? 0 : Math.floor(timeUs / 1000),
    severity_id: SEVERITY[text(row, 'ir.level')] ?? 1,
    status_id: STATUS[text(row, 'event.outcome')] ?? 0,
    metadata: present({
      version: VERSION,
      profiles: profile === undefined ? undefined : [profile],
      uid: stableId(row),
      product: { name: 'Breachline', vendor_name: 'Breachline' },
      log_name: file || undefined,
      log_provider: field(row, 'event.dataset'),
      event_code: field(row, 'event.code'),
      original_time: field(row, '@timestamp'),
    }),
    message: messageOf(row),
    raw_data: raw || undefined,
    ...own,
    unmapped: present({
      ...(besides as Attributes | undefined),
      'event.action': field(row, 'event.action'),
      'ir.format': field(row, 'ir.format'),
      'ir.line': line,
      'ir.time_confidence': field(row, 'ir.time_confidence'),
    }),
  });
}

/** One event a line. */
export async function* ocsfLines(rows: Rows): AsyncGenerator<string> {
  for await (const row of rows) yield `${safeJson(JSON.stringify(ocsfEvent(row)))}\n`;
}
