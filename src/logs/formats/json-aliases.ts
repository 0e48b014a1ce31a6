/**
 * Under which names loggers write what ECS calls otherwise. Names are compared without case and without
 * `_`, `-`, `@` and `$`, as dotted paths: `req.remoteAddress`, `remote_addr` and `{"req":{"remote-address"}}`
 * are `req.remoteaddress` and `remoteaddr`. Earlier names win over later ones; those behind `|` mean the field
 * only when nothing else does, wherever it stands.
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
  | 'forwarded'
  | 'port'
  | 'destinationIp'
  | 'destinationPort'
  | 'user'
  | 'userId'
  | 'userDomain'
  | 'namedUser'
  | 'target'
  | 'transport'
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
  time: 'winlog.timecreated timecreated utctimestamp timestamputc datetimeutc timeutc timestamp time ts t datetime eventtime eventtimestamp logtime logtimestamp asctime timelocal timeiso8601 startutc timemillis instant.epochsecond timestamp.epochsecond timestampms timens timestampns msec id.time metadata.eventcreationtime eventcreationtime creationtime activitydatetime published recordedat requestreceivedtimestamp stagetimestamp timegenerated querytimestamp timestampderived detectedtimestamp eventtimestring datecreate generateddatetime eventdate calendartime edgestarttimestamp utc tdate t.date time.date timestamp.date eventlastseen event.created event.date event.time event.timestamp recorded receivetimestamp messagetime clicktime effectiveat workflowrun.updatedat pullrequest.updatedat pullrequest.createdat issue.createdat | service.eventlastseen date when createtime creationdate createddatetime createdon createdat created updatedat starttime unixtime written peventtime',
  level: 'loglevel log.level level severity severitytext lvl levelname l s priority syslog.severity',
  message: 'message msg shortmessage m body text fullmessage logmessage mt log.message log.original renderedmessage description textpayload raw log',
  template: 'mt messagetemplate',
  logger: 'logger loggername log.logger sourcecontext name module component c channel',
  thread: 'threadname thread process.thread.name',
  pid: 'pid process.pid processid process',
  host: 'hostname host.name host.hostname machinename nodename node.name computer computername devicename server instance host',
  service: 'servicename service.name service appname app.name app application applicationname program serviceid',
  ip: 'downstreamremoteaddress clientip client.ip source.ip sourceip srcip src.ip remoteip remoteipaddress ip ipaddress ipaddr sourceipaddress clientipaddress calleripaddress callerip requestip clienthost clientaddress clientaddr remoteaddress remoteaddr addr.remote remote.ip remote peer peeraddress visitorip userip user.ip realip xrealip xforwardedfor forwardedfor loginip actorip actoripaddress session.ip session.ipaddress senderip accessdevice.ip id.origh srcaddr srcaddress ipsourceaddress sourceips remoteipdetails.ipaddressv4 client source.address originip remotehost src source | localip',
  forwarded: 'xforwardedfor forwardedfor headers.xforwardedfor request.headers.xforwardedfor httpxforwardedfor sourceips',
  port: 'clientport client.port source.port sourceport srcport src.port remoteport clientsrcport id.origp',
  destinationIp: 'destinationip destip dstip dst.ip destination.ip id.resph dstaddr destaddr dstaddress ipdestinationaddress',
  destinationPort: 'destinationport destport dstport dst.port destination.port id.respp',
  user: 'actor actorname actoremail actorusername actoruser actinguser author performedby initiatedby operator user.name username user user.username user.userprincipalname userprincipalname upn user.login user.email useremail usr uname login loginname userlogin principalemail account accountname principalname principal principal.name clientusername remoteuser authuser email auth.user auth.username auth.metadata.username auth.displayname adminid caller sender.login | userid user.id user.displayname identity userdisplayname identifier',
  userId: 'user.id userid uid.user actor.id actorid actoruuid userkey accountid user.sub user.uid user.uuid user.key',
  userDomain: 'user.domain userdomain',
  namedUser: 'user.name username user user.username user.userprincipalname user.login user.email useremail',
  target: 'user.target.name user.target.email targetuser targetuser.email targetuser.name targetuser.username targetusername target.username target.userprincipalname target.alternateid target.email target.login affecteduser affecteduser.email targetresources.userprincipalname',
  transport: 'network.transport transport ipprotocol proto protocol',
  method: 'method http.request.method requestmethod httpmethod http.method verb httpverb csmethod clientrequestmethod',
  url: 'url.original url uri requesturi requesturl originalurl http.url http.target http.request.target target httprequesturi requestpath path httppath http.path url.path urlpath endpoint csuristem originalrequesturiwithargs clientrequesturi clientrequestpath httpuripath',
  query: 'url.query querystring query args csuriquery requestquery',
  domain: 'url.domain httphost requesthost servername vhost virtualhost http.host headers.host domain server.name clientrequesthost httphostname',
  scheme: 'url.scheme scheme requestscheme http.scheme',
  request: 'request httprequest requestline',
  protocol: 'http.version protocol proto requestprotocol serverprotocol httpversion http.flavor clientrequestprotocol',
  status: 'status statuscode http.response.statuscode httpstatus httpstatuscode http.statuscode http.status responsestatus responsecode responsestatuscode downstreamstatus originstatus scstatus edgeresponsestatus httpresponsecode res.statuscode res.status response.status response.statuscode response',
  bytes: 'http.response.body.bytes http.response.bytes bodybytessent bytessent bytes responsesize responsebytes downstreamcontentsize contentlength res.contentlength res.headers.contentlength response.bytes response.size sentbytes byteswritten respsize size bytesout scbytes edgeresponsebytes',
  referrer: 'http.request.referrer referrer referer httpreferer httpreferrer requestreferer headers.referer headers.referrer csreferer clientrequestreferer',
  agent: 'useragent.original headers.useragent useragent httpuseragent http.useragent requestuseragent agent ua csuseragent clientuseragent clientrequestuseragent browser',
  requestId: 'http.request.id requestid request.id req.id reqid xrequestid correlationid http.requestid headers.xrequestid rid rayid',
  traceId: 'trace.id traceid dd.traceid otel.traceid',
  session: 'session.id sessionid sid session',
  duration: 'event.duration durationms duration responsetime responsetimems latency latencyms elapsed elapsedms elapsedmilliseconds requesttime tookms took timetaken durationus durationns durations durationseconds latencyseconds processingtime runtime',
  errorMessage: 'error.message err.message errormessage error err exception.message exceptionmessage exception.exceptionmessage thrown.message errormsg',
  errorType: 'error.type err.type err.name error.name error.class errortype exception.type exception.class exception.exceptionclass exceptiontype exceptionclass thrown.name error.kind',
  errorCode: 'error.code err.code errorcode errno err.errno',
  stack: 'error.stacktrace err.stack error.stack stack stacktrace exception.stacktrace excinfo exceptiontext exception x thrown.extendedstacktrace thrown.stacktrace traceback backtrace error.backtrace',
  action: 'event.action eventname event.name eventtype action event operationname operation actionname methodname activitydisplayname eventsimplename events.name action.type activity eventtypename auditlogevent | eventid verb',
  outcome: 'event.outcome outcome outcome.result result result.status resultstatus resulttype status status.errorcode executionstatus responsestatus.code response.statuscode responsestatus.status loginresult issuccess eventoutcome',
  activity: 'action eventtype operation operationname events.name activity',
  success: 'success succeeded issuccess authsuccess loginsuccess',
  reason: 'event.reason reason failurereason',
  category: 'event.category',
  type: 'event.type',
  dataset: 'event.dataset',
  provider: 'event.provider',
  code: 'event.code eventid winlog.eventid event.system.eventid',
  eventId: 'event.id',
  originFile: 'log.origin.file.name sourcefile filename source.file caller',
  originLine: 'log.origin.file.line lineno source.line',
  originFunction: 'log.origin.function funcname source.function',
};

/** Objects in which loggers put the fields: the names in them count as if they stood at the top. */
const CONTAINERS = new Set(
  (
    'req request http httprequest res response fields context ctx data meta metadata attributes attr ' +
    'properties extra extras labels payload jsonpayload protopayload props event log client contextmap mdc details ' +
    'eventdata requestinfo requestmetadata logevent network web audit record result parameters params exceptiondata ' +
    'resource transaction connection extendedproperties auditkeyvalues auditdata'
  ).split(' '),
);
/** What stands in these was done to, or came of it: no name in them is that of who acted. */
const NO_ACTORS = new Set(['resource', 'response', 'res', 'result']);

/** Objects that describe who acted. What they say of a person wins over any `user`, who may be acted upon. */
const ACTORS = new Set(
  (
    'actor actors author initiatedby performedby executedby actionby createdby operator initiator useridentity ' +
    'authenticationinfo requestor requester caller principal actinguser'
  ).split(' '),
);
/** Objects inside those: `actor.user.email`. */
const PERSONS = new Set([
  'user',
  'account',
  'member',
  'app',
  'serviceprincipal',
  'person',
  'entity',
]);

// biome-ignore format: a table
const ACTOR_NAMES: Readonly<Partial<Record<JsonField, string>>> = {
  user: 'username userprincipalname alternateid loginname login principalemail email emailaddress mail upn principal name displayname id',
  userId: 'id userid uuid uid profileid gid principalid',
  ip: 'ip ipaddress ipaddr clientip remoteip sourceip',
  agent: 'useragent',
};

/** Lists whose first object is read as if it stood there alone. */
const LISTS = new Set('actor actors target targets targetresources events'.split(' '));

/** True for a list in which the fields of the record stand. */
export const isReadList = (path: string): boolean =>
  LISTS.has(path.slice(path.lastIndexOf('.') + 1));

interface Alias {
  field: JsonField;
  rank: number;
}

type AliasMap = ReadonlyMap<string, readonly Alias[]>;

const WEAK_RANK = 10_000;

const ALIASES = buildAliases(NAMES);
const ACTOR_ALIASES = buildAliases(ACTOR_NAMES);

function buildAliases(table: Readonly<Partial<Record<JsonField, string>>>): AliasMap {
  const aliases = new Map<string, Alias[]>();
  for (const [field, names] of Object.entries(table) as [JsonField, string][]) {
    let weak = 0;
    for (const [rank, name] of names.split(' ').entries()) {
      if (name === '|') weak = WEAK_RANK;
      const list = aliases.get(name) ?? [];
      list.push({ field, rank: rank + weak });
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
/** Below every name that is no actor's. */
const ACTOR_RANK = -10_000;
/** Fields that say who acted. */
const OF_ACTOR: ReadonlySet<JsonField> = new Set(['user', 'userId', 'userDomain', 'namedUser']);

/** What a dotted path of plain names may mean, containers taken off one by one. */
export function meaningsOf(path: string): readonly Meaning[] {
  const meanings: Meaning[] = [];
  const add = (aliases: AliasMap, name: string, offset: number, isActor: boolean): void => {
    for (const { field, rank } of aliases.get(name) ?? []) {
      if (isActor || !OF_ACTOR.has(field)) meanings.push({ field, rank: rank + offset, name });
    }
  };
  let rest = path;
  let mayAct = true;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    add(ALIASES, rest, depth * CONTAINER_RANK, mayAct);
    const dot = rest.indexOf('.');
    if (dot < 0) break;
    const outer = rest.slice(0, dot);
    rest = rest.slice(dot + 1);
    if (ACTORS.has(outer) && mayAct) {
      add(ACTOR_ALIASES, withoutPersons(rest), ACTOR_RANK + depth * CONTAINER_RANK, true);
      break;
    }
    if (!CONTAINERS.has(outer)) break;
    if (NO_ACTORS.has(outer)) mayAct = false;
  }
  return meanings;
}

function withoutPersons(path: string): string {
  const dot = path.indexOf('.');
  return dot > 0 && PERSONS.has(path.slice(0, dot)) ? path.slice(dot + 1) : path;
}

const MAX_NAME = 80;

/** A key as it is compared: lower case, without `_`, `-`, `@` and `$`. */
export const plainName = (key: string): string =>
  key
    .slice(0, MAX_NAME)
    .toLowerCase()
    .replace(/[_\-@$]/g, '');
