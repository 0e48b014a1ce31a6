/** The login that a JSON record reports, if it clearly reports one. */
import type { FoundFields } from './json-fields.ts';
import { textField } from './json-found.ts';
import { readLogin } from './login-text.ts';

export interface JsonLogin {
  outcome: 'success' | 'failure';
  user: string | undefined;
  address: string | undefined;
  category: readonly string[];
  type: readonly string[];
}

const AUTHENTICATION = Object.freeze(['authentication']);
const INFO = Object.freeze(['info']);
const LOGIN_NAME =
  /(?:^|[^a-z])(?:log[ _-]?in|log[ _-]?on|sign[ _-]?in|authentication|authenticate)$/i;

/** Looks at the event's name, then at a name with an outcome beside it, then at the message. */
export function loginOf(
  found: FoundFields,
  message: string | undefined,
  action: string | undefined,
): JsonLogin | undefined {
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

function outcomeBeside(
  found: FoundFields,
  action: string | undefined,
): JsonLogin['outcome'] | undefined {
  if (action === undefined || !LOGIN_NAME.test(action)) return undefined;
  const success = found.get('success')?.value;
  if (success !== undefined) return success === true || success === 'true' ? 'success' : 'failure';
  const outcome = textField(found, 'outcome')?.toLowerCase();
  if (outcome === undefined) return undefined;
  if (/^(?:success|succeeded|ok|allowed|granted)/.test(outcome)) return 'success';
  return /^(?:fail|denied|error|rejected|invalid)/.test(outcome) ? 'failure' : undefined;
}
