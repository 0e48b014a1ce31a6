/** The login that a JSON record reports, if it clearly reports one. */
import type { FoundFields } from './json-fields.ts';
import { textField } from './json-found.ts';
import { outcomeWord } from './json-values.ts';
import { readLogin } from './login-text.ts';

/** A login as a record tells it, with its ECS words. */
export interface JsonLogin {
  outcome: 'success' | 'failure';
  /** What the record has no name for. */
  action?: string;
  /** Who it was for sure; others that the record names did it for him. */
  account?: string | undefined;
  user: string | undefined;
  address: string | undefined;
  category: readonly string[];
  type: readonly string[];
}

const AUTHENTICATION = Object.freeze(['authentication']);
const INFO = Object.freeze(['info']);
/** `login`, `user.login`, `UserLoggedIn`, `Sign-in activity`, `SIGN_IN`; and those of Okta. */
const LOGIN_NAME =
  /^user\.(?:session\.start|authentication\.(?:sso|auth_via_\w{1,32}))$|(?:^|[^a-z])(?:log[ _-]?in|log[ _-]?on|sign[ _-]?in|authentication|authenticate)(?:[ _.-](?:activity|attempt|event|request))?$|(?:^|[a-z])(?:Logged|Signed)[IO]n$/i;

/** Looks at the event's name, then at a name with an outcome beside it, then at the message. */
export function loginOf(
  found: FoundFields,
  message: string | undefined,
  action: string | undefined,
): JsonLogin | undefined {
  const windows = windowsLogon(found);
  if (windows !== undefined) return windows;
  const activity = textField(found, 'activity');
  const named = readLogin(action ?? '') ?? readLogin(activity ?? '');
  const told = message === undefined ? undefined : readLogin(message);
  const outcome = named?.outcome ?? outcomeBeside(found, action) ?? told?.outcome;
  if (outcome === undefined) return undefined;
  return {
    outcome,
    user: told?.user,
    address: told?.address,
    category: AUTHENTICATION,
    type: INFO,
  };
}

/** Security events 4624 and 4625: an account was logged on, or failed to. @see Microsoft, Audit Logon */
function windowsLogon(found: FoundFields): JsonLogin | undefined {
  const code = textField(found, 'code');
  if (code !== '4624' && code !== '4625') return undefined;
  const target = found.get('target');
  if (target?.name !== 'targetusername') return undefined;
  const account = textField(found, 'target');
  return {
    outcome: code === '4624' ? 'success' : 'failure',
    action: code === '4624' ? 'logged-in' : 'logon-failed',
    account,
    user: account,
    address: undefined,
    category: AUTHENTICATION,
    type: INFO,
  };
}

function outcomeBeside(
  found: FoundFields,
  action: string | undefined,
): JsonLogin['outcome'] | undefined {
  if (action === undefined || !LOGIN_NAME.test(action)) return undefined;
  const outcome = outcomeOf(found) ?? outcomeOfCode(found, action);
  return outcome === 'unknown' ? undefined : outcome;
}

/** The outcome that a flag or a word states. */
export function outcomeOf(found: FoundFields): 'success' | 'failure' | 'unknown' | undefined {
  const stated = found.get('outcome');
  const outcome = stated === undefined ? undefined : outcomeWord(stated.name, stated.value);
  if (outcome !== undefined) return outcome;
  const success = found.get('success')?.value;
  if (success === undefined) return undefined;
  return success === true || success === 'true' ? 'success' : 'failure';
}

const NO_ERROR = /^(?:0+|0x0+|none|null|ok|s_ok|success(?:ful)?|no_?error)$/i;

/** What an error code beside the name of an action says: `AccessDenied`, `50126`; 0 and `None` are no errors. */
export function outcomeOfCode(
  found: FoundFields,
  action: string | undefined,
): 'success' | 'failure' | undefined {
  const code = action === undefined ? undefined : textField(found, 'errorCode')?.trim();
  if (code === undefined || code === '') return undefined;
  return NO_ERROR.test(code) ? 'success' : 'failure';
}
