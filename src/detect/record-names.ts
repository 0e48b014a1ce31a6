/** What a record of a cloud or identity service names as the thing that was acted on, without knowing the service. */

/** Parts of a record that say what was asked for, in services that write JSON. */
const REQUEST_PARTS = ['requestParameters', 'objectRef', 'target', 'resources', 'parameters'];
/** Keys that hold a name: `userName`, `bucketName`, `trailName`, `name`, `displayName`, `resourceName`. */
const NAME_KEY =
  /^(?:name|[a-z]+name|displayName|alternateId|key|secretId|functionArn|snapshotId|instanceId|roleArn|policyArn)$/i;
/** Names that say how, not what. */
const NO_NAME_KEY = /^(?:host|sessionName|roleSessionName|eventName|regionName|serviceName)$/i;
const MOST_NAMES = 3;
const MOST_DEPTH = 4;
const MOST_LENGTH = 80;

/** Names in a record that is written as JSON, the first ones; none for what is no such record, or was cut. */
export function namesInRecord(raw: string): string[] {
  if (!raw.startsWith('{')) return [];
  let record: unknown;
  try {
    record = JSON.parse(raw);
  } catch {
    return [];
  }
  const found = new Set<string>();
  for (const part of REQUEST_PARTS)
    if (typeof record === 'object' && record !== null && Object.hasOwn(record, part))
      collect((record as Record<string, unknown>)[part], '', 0, found);
  const resource = googleResource(record);
  if (resource !== undefined) found.add(resource);
  return [...found].slice(0, MOST_NAMES);
}

/** The last name of `projects/_/buckets/data`, as Google Cloud's audit log says what a call was about. */
function googleResource(record: unknown): string | undefined {
  const path = memberOf(memberOf(record, 'protoPayload'), 'resourceName');
  const name = typeof path === 'string' ? path.slice(path.lastIndexOf('/') + 1) : '';
  return name === '' || name.length > MOST_LENGTH ? undefined : name;
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;

function collect(value: unknown, key: string, depth: number, found: Set<string>): void {
  if (found.size >= MOST_NAMES || depth > MOST_DEPTH) return;
  if (typeof value === 'string') {
    const name = value.startsWith('arn:') ? value.slice(value.search(/[^:/]*$/)) : value;
    if (NAME_KEY.test(key) && !NO_NAME_KEY.test(key) && name !== '' && name.length <= MOST_LENGTH)
      found.add(name);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [inner, one] of Object.entries(value))
    collect(one, Array.isArray(value) ? key : inner, depth + 1, found);
}
