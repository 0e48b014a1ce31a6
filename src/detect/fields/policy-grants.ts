/**
 * What the policies in a CloudTrail event grant. Effect, principal and condition belong together: a policy that
 * denies everybody and allows one role opens nothing, so statements are judged one by one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
type Fields = Readonly<Record<string, unknown>>;

const POLICY = /policy|attributevalue/i;
/** Conditions that ask how somebody comes, not who it is. */
const LIMITS_NOBODY = /^(?:aws:securetransport|s3:tlsversion|aws:multifactorauthpresent)$/i;
const MAX_TEXT = 65_536;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const own = (record: Fields, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** The statements with the effect Allow of every policy among the request's parameters. */
function allowed(record: Fields): Fields[] {
  const parameters = own(record, 'requestParameters');
  if (!isFields(parameters)) return [];
  const policies = Object.keys(parameters).flatMap((key) =>
    POLICY.test(key) ? [documentOf(parameters[key])] : [],
  );
  return policies
    .flatMap((policy) => (isFields(policy) ? listOf(own(policy, 'Statement')) : []))
    .filter(isFields)
    .filter((statement) => own(statement, 'Effect') === 'Allow');
}

/** A policy comes as an object, as JSON text, or as percent-encoded JSON text. */
function documentOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > MAX_TEXT) return value;
  try {
    return JSON.parse(/^%7b/i.test(value) ? decodeURIComponent(value) : value);
  } catch {
    return undefined;
  }
}

function principalsOf(statement: Fields): readonly string[] {
  const principal = own(statement, 'Principal');
  const named = isFields(principal) ? listOf(own(principal, 'AWS')) : listOf(principal);
  const others = own(statement, 'NotPrincipal') === undefined ? [] : ['*'];
  return [...named, ...others].map(String);
}

function isLimited(statement: Fields): boolean {
  const condition = own(statement, 'Condition');
  if (!isFields(condition)) return false;
  const keys = Object.values(condition).flatMap((of) => (isFields(of) ? Object.keys(of) : []));
  return keys.some((key) => !LIMITS_NOBODY.test(key));
}

const some = (texts: readonly string[]): readonly string[] | undefined =>
  texts.length === 0 ? undefined : texts;

const actionsOf = (statement: Fields): readonly string[] =>
  listOf(own(statement, 'Action')).map(String);

/** Who of other accounts is allowed. */
export function foreignPrincipals(record: Fields): readonly string[] | undefined {
  const account = /^\d{12}$/;
  const identity = own(record, 'userIdentity');
  const ours = [
    own(record, 'recipientAccountId'),
    isFields(identity) ? own(identity, 'accountId') : undefined,
  ];
  const principals = allowed(record)
    .flatMap((statement) =>
      isLimited(statement) && principalsOf(statement).includes('*') ? [] : principalsOf(statement),
    )
    .filter((principal) => {
      const owner = account.test(principal)
        ? principal
        : /^arn:[\w-]+:iam::(\d{12}):/.exec(principal)?.[1];
      return principal === '*' || (owner !== undefined && !ours.includes(owner));
    });
  return some(principals);
}

/** Actions of all statements that allow. */
export const allowedActions = (record: Fields): readonly string[] | undefined =>
  some(allowed(record).flatMap(actionsOf));

/** Actions of those that allow everybody, without a condition on who that is. */
export const publicActions = (record: Fields): readonly string[] | undefined =>
  some(
    allowed(record)
      .filter((statement) => principalsOf(statement).includes('*') && !isLimited(statement))
      .flatMap(actionsOf),
  );
