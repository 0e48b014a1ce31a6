/** What a change of a policy of Google Cloud gives, of what it gives and takes away. */
type Fields = Readonly<Record<string, unknown>>;

const MOST_GRANTS = 200;
const PATH = ['protoPayload', 'serviceData', 'policyDelta', 'bindingDeltas'];

/**
 * `roles/owner user:eve@example.net` for each binding that was added: role and member of one belong together, and what
 * is taken away gives nothing.
 * @param record a record of Google Cloud's audit log
 * @see https://cloud.google.com/logging/docs/reference/audit/auditlog/rest/Shared.Types/PolicyDelta
 */
export function googleGrants(record: Fields): readonly string[] | undefined {
  let deltas: unknown = record;
  for (const key of PATH) deltas = memberOf(deltas, key);
  if (!Array.isArray(deltas)) return undefined;
  const added = deltas
    .slice(0, MOST_GRANTS)
    .filter((delta) => memberOf(delta, 'action') === 'ADD')
    .map((delta) => `${memberOf(delta, 'role')} ${memberOf(delta, 'member')}`);
  return added.length === 0 ? undefined : added;
}

const memberOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Fields)[key]
    : undefined;
