/**
 * Under which names loggers write what ECS calls otherwise. Names are compared without case and without
 * `_`, `-`, `@` and `$`, as dotted paths: `req.remoteAddress`, `remote_addr` and `{"req":{"remote-address"}}`
 * are `req.remoteaddress` and `remoteaddr`. Earlier names win over later ones.
 */

/** The fields that `json-lines.ts` asks for. */
export type JsonField =
  | 'time'
  | 'level'
  | 'message'
  | 'template'
  | 'logger'
  | 'thread'
  | 'pid'
  | 'host'
  | 'service'
  | 'ip'
  | 'port'
  | 'destinationIp'
  | 'destinationPort'
  | 'user'
  | 'userId'
  | 'userDomain'
  | 'method'
  | 'url'
  | 'query'
  | 'domain'
  | 'scheme'
  | 'request'
  | 'protocol'
  | 'status'
  | 'bytes'
  | 'referrer'
  | 'agent'
  | 'requestId'
  | 'traceId'
  | 'session'
  | 'duration'
  | 'errorMessage'
  | 'errorType'
  | 'errorCode'
  | 'stack'
  | 'action'
  | 'outcome'
  | 'success'
  | 'reason'
  | 'activity'
  | 'category'
  | 'type'
  | 'dataset'
  | 'provider'
  | 'code'
  | 'eventId'
  | 'originFile'
  | 'originLine'
  | 'originFunction';

// biome-ignore format: a table
const NAMES: Readonly<Record<JsonField, string>> = {
  time: 'timestamp time ts t datetime date eventtime eventtimestamp logtime asctime timelocal timeiso8601 starttime startutc timemillis instant.epochsecond timestampms timens timestampns msec when created createdat unixtime calendartime edgestarttimestamp utc written tdate t.date time.date timestamp.date',
  level: 'loglevel log.level level severity severitytext lvl levelname l s priority syslog.severity',
  message: 'message msg shortmessage m body text fullmessage logmessage mt log.message log.original renderedmessage description',
  template: 'mt messagetemplate',
  logger: 'logger loggername log.logger sourcecontext name module component c channel',
  thread: 'threadname thread process.thread.name',
  pid: 'pid process.pid processid process',
  host: 'hostname host.name host.hostname machinename nodename node.name computer server instance host',
  service: 'servicename service.name service appname app.name app application applicationname program serviceid',
  ip: 'clientip client.ip source.ip sourceip srcip src.ip remoteip remoteipaddress ip ipaddress ipaddr sourceipaddress clienthost clientaddress clientaddr remoteaddress remoteaddr addr.remote remote.ip remote peer peeraddress visitorip userip user.ip realip xrealip xforwardedfor forwardedfor loginip actorip client source.address originip remotehost',
  port: 'clientport client.port source.port sourceport srcport src.port remoteport clientsrcport',
  destinationIp: 'destinationip destip dstip dst.ip destination.ip',
  destinationPort: 'destinationport destport dstport dst.port destination.port',
  user: 'user.name username user user.username user.login user.email useremail usr uname login loginname userlogin account accountname principalname principal principal.name clientusername remoteuser authuser actor actor.name actor.username actor.email email auth.user auth.username identity owner subject',
  userId: 'user.id userid uid.user actor.id accountid user.sub',
  userDomain: 'user.domain userdomain',
  method: 'method http.request.method requestmethod httpmethod http.method verb httpverb csmethod clientrequestmethod',
  url: 'url.original url uri requesturi requesturl originalurl http.url http.target http.request.target target httprequesturi requestpath path httppath http.path url.path urlpath endpoint csuristem originalrequesturiwithargs clientrequesturi clientrequestpath httpuripath',
  query: 'url.query querystring query args csuriquery requestquery',
  domain: 'url.domain httphost requesthost servername vhost virtualhost http.host headers.host domain server.name clientrequesthost httphostname',
  scheme: 'url.scheme scheme requestscheme http.scheme',
  request: 'request httprequest requestline',
  protocol: 'http.version protocol proto requestprotocol serverprotocol httpversion http.flavor clientrequestprotocol',
  status: 'status statuscode http.response.statuscode httpstatus httpstatuscode http.statuscode http.status responsestatus responsecode responsestatuscode downstreamstatus originstatus scstatus edgeresponsestatus httpresponsecode res.statuscode res.status response.status response.statuscode',
  bytes: 'http.response.body.bytes http.response.bytes bodybytessent bytessent bytes responsesize responsebytes downstreamcontentsize contentlength res.contentlength res.headers.contentlength response.bytes response.size sentbytes byteswritten respsize size bytesout scbytes edgeresponsebytes',
  referrer: 'http.request.referrer referrer referer httpreferer httpreferrer requestreferer headers.referer headers.referrer csreferer clientrequestreferer',
  agent: 'useragent.original useragent httpuseragent http.useragent requestuseragent headers.useragent agent ua csuseragent clientuseragent clientrequestuseragent browser',
  requestId: 'http.request.id requestid request.id req.id reqid xrequestid correlationid http.requestid headers.xrequestid rid rayid',
  traceId: 'trace.id traceid dd.traceid otel.traceid',
  session: 'session.id sessionid sid session',
  duration: 'event.duration durationms duration responsetime responsetimems latency latencyms elapsed elapsedms elapsedmilliseconds requesttime tookms took timetaken durationus durationns durations durationseconds latencyseconds processingtime runtime',
  errorMessage: 'error.message err.message errormessage error err exception.message exceptionmessage exception.exceptionmessage thrown.message errormsg',
  errorType: 'error.type err.type err.name error.name error.class errortype exception.type exception.class exception.exceptionclass exceptiontype exceptionclass thrown.name error.kind',
  errorCode: 'error.code err.code errorcode errno err.errno',
  stack: 'error.stacktrace err.stack error.stack stack stacktrace exception.stacktrace excinfo exceptiontext exception x thrown.extendedstacktrace thrown.stacktrace traceback backtrace error.backtrace',
  action: 'event.action event eventname event.name eventtype action operation operationname activity',
  outcome: 'event.outcome outcome result',
  activity: 'action eventtype operation activity',
  success: 'success succeeded issuccess',
  reason: 'event.reason reason failurereason',
  category: 'event.category',
  type: 'event.type',
  dataset: 'event.dataset',
  provider: 'event.provider',
  code: 'event.code',
  eventId: 'event.id',
  originFile: 'log.origin.file.name sourcefile filename source.file caller',
  originLine: 'log.origin.file.line lineno source.line',
  originFunction: 'log.origin.function funcname source.function',
};

/** Objects in which loggers put the fields: the names in them count as if they stood at the top. */
const CONTAINERS = new Set(
  (
    'req request http httprequest res response fields context ctx data meta metadata attributes attr ' +
    'properties extra extras labels payload jsonpayload props event log client contextmap mdc details ' +
    'eventdata requestinfo logevent network web audit record parameters params exceptiondata resource'
  ).split(' '),
);

interface Alias {
  field: JsonField;
  rank: number;
}

const ALIASES: ReadonlyMap<string, readonly Alias[]> = buildAliases();

function buildAliases(): Map<string, Alias[]> {
  const aliases = new Map<string, Alias[]>();
  for (const [field, names] of Object.entries(NAMES) as [JsonField, string][]) {
    for (const [rank, name] of names.split(' ').entries()) {
      const list = aliases.get(name) ?? [];
      list.push({ field, rank });
      aliases.set(name, list);
    }
  }
  return aliases;
}

/** One thing that a name may mean. */
export interface Meaning {
  field: JsonField;
  /** The lower, the surer; names inside a container count less than any at the top. */
  rank: number;
  /** The name as it stands in the table. */
  name: string;
}

const MAX_DEPTH = 5;
const CONTAINER_RANK = 100;

/** What a dotted path of plain names may mean, containers taken off one by one. */
export function meaningsOf(path: string): readonly Meaning[] {
  const meanings: Meaning[] = [];
  let rest = path;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    for (const { field, rank } of ALIASES.get(rest) ?? []) {
      meanings.push({ field, rank: rank + depth * CONTAINER_RANK, name: rest });
    }
    const dot = rest.indexOf('.');
    if (dot < 0 || !CONTAINERS.has(rest.slice(0, dot))) break;
    rest = rest.slice(dot + 1);
  }
  return meanings;
}

const MAX_NAME = 80;

/** A key as it is compared: lower case, without `_`, `-`, `@` and `$`. */
export const plainName = (key: string): string =>
  key
    .slice(0, MAX_NAME)
    .toLowerCase()
    .replace(/[_\-@$]/g, '');
