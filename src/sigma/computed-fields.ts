/**
 * ECS fields whose values the program makes itself (normalised words, joined lists, converted numbers),
 * so that the raw line need not hold them and no required literal may be taken from them.
 */

const COMPUTED = new Set([
  'format',
  'timeConfidence',
  'http.version',
  'http.response.status_code',
  'http.response.body.bytes',
  'http.request.body.bytes',
  'log.level',
  'error.type',
  'url.scheme',
  'url.extension',
  'process.args',
  'process.command_line',
  'user.effective.name',
  'user.effective.id',
  'tls.version',
]);
const COMPUTED_GROUPS =
  /^(?:@|event\.|network\.|observer\.|related\.|cloud\.|service\.|log\.syslog\.|threat\.|process\.parent\.(?:name|executable|command_line)$|ir\.)/;

/** Is the value of this ECS field made by the program? */
export const isComputedField = (field: string): boolean =>
  COMPUTED.has(field) || COMPUTED_GROUPS.test(field);
