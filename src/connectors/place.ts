/** Where logs are, written as a URL: `opensearch+http://127.0.0.1:9200/ir-logs`, `cloudwatch://eu-central-1//aws/lambda/shop`. */
import { usageError } from '../errors.ts';

/** A place in parts. */
export interface Place {
  /** `opensearch`, without what stands behind a `+`. */
  scheme: string;
  /** How it is spoken to; TLS unless the scheme says otherwise. */
  transport: 'https' | 'http' | 'tls' | 'tcp' | 'udp';
  /** Of the place, or what stands there: a region, a bucket. */
  host: string;
  port: number | undefined;
  /** Decoded, without the first slash. */
  path: string;
  params: Readonly<Record<string, string>>;
  /** The account in front of the host. */
  user: string | undefined;
  /** As the user wrote it; holds no secret. */
  shown: string;
}

const PLACE = /^([a-z][a-z0-9]*)(?:\+(https?|tls|tcp|udp))?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/i;
const HOST = /^(?:([^@]*)@)?(\[[\da-f:.]+\]|[^:@[\]]*)(?::(\d{1,5}))?$/i;

/** Has a path the form of a place? Files may have colons in their names, but hardly `://`. */
export const isPlace = (text: string): boolean => /^[a-z][a-z0-9]*(?:\+[a-z]+)?:\/\//i.test(text);

/**
 * Takes a place apart.
 * @throws IrError (exit 2) for what is no URL, and for one that holds a password, which `ps` would show
 */
export function parsePlace(text: string): Place {
  const found = PLACE.exec(text);
  const authority = HOST.exec(found?.[3] ?? '');
  if (found === null || authority === null) {
    throw usageError(
      `"${text}" is no place`,
      'Write one as opensearch+http://127.0.0.1:9200/ir-logs; see: ir help connectors',
    );
  }
  const [, scheme = '', transport = 'https', , path = '', query = ''] = found;
  const [, user, host = '', port] = authority;
  if (user?.includes(':') === true) {
    throw usageError(
      `the address of ${host} holds a password, which others on this machine can see`,
      'Leave it out, and name its source in config.yml (places) or the environment; see: ir help connectors',
    );
  }
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
    throw usageError(`"${text}": there is no port ${port}`);
  return {
    scheme: scheme.toLowerCase(),
    transport: transport.toLowerCase() as Place['transport'],
    host,
    port: port === undefined ? undefined : Number(port),
    path: decoded(path.replace(/^\//, ''), text),
    params: Object.fromEntries(new URLSearchParams(query)),
    user: user === undefined || user === '' ? undefined : decoded(user, text),
    shown: text,
  };
}

function decoded(part: string, whole: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw usageError(`"${whole}" has a % that encodes nothing`, 'Write a percent sign as %25.');
  }
}

/** The address of its interface. @param port where none is named */
export function baseUrl({ transport, host, port }: Place, standard: number | undefined): string {
  const scheme = transport === 'http' ? 'http' : 'https';
  const named = port ?? standard;
  return `${scheme}://${host}${named === undefined ? '' : `:${named}`}`;
}
