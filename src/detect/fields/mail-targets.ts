/** Whom a setting of a mailbox sends its mail to, of those outside of the organisation. */
type Fields = Readonly<Record<string, unknown>>;

const TARGETS = /^(?:forwardto|forwardasattachmentto|redirectto|forwardingsmtpaddress)$/i;
const OWNERS = /^(?:identity|mailbox)$/i;
const DOMAIN = /@([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})/g;
const MOST_TEXT = 8192;

/**
 * The domains that are neither one of who asked or of the mailbox, nor lie below one. Names without a domain are the directory's own:
 * nothing says where they lead, so they count.
 * @param record an Exchange record of Microsoft 365, whose keys some collectors write small
 * @returns undefined when all stay inside, or nothing is sent on
 */
export function outsideMailTargets(record: Fields): readonly string[] | undefined {
  const parameters = memberOf(record, 'Parameters');
  if (!Array.isArray(parameters)) return undefined;
  const own = new Set(domainsIn(memberOf(record, 'UserId')));
  const targets: string[] = [];
  for (const parameter of parameters) {
    const name = memberOf(parameter, 'Name');
    const value = memberOf(parameter, 'Value');
    // An empty address takes the forwarding away.
    if (typeof name !== 'string' || typeof value !== 'string' || value.trim() === '') continue;
    if (OWNERS.test(name)) for (const domain of domainsIn(value)) own.add(domain);
    if (TARGETS.test(name)) targets.push(...domainsIn(value));
    if (/^forwardingaddress$/i.test(name) || (TARGETS.test(name) && !value.includes('@')))
      targets.push(value.slice(0, MOST_TEXT));
  }
  const outside = targets.filter(
    (target) => ![...own].some((domain) => target === domain || target.endsWith(`.${domain}`)),
  );
  return outside.length === 0 ? undefined : outside;
}

function memberOf(record: unknown, key: string): unknown {
  if (typeof record !== 'object' || record === null) return undefined;
  for (const one of [key, key.toLowerCase()])
    if (Object.hasOwn(record, one)) return (record as Fields)[one];
  return undefined;
}

const domainsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [...value.slice(0, MOST_TEXT).toLowerCase().matchAll(DOMAIN)].map(([, domain]) => domain!)
    : [];
