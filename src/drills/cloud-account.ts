/** The shop's AWS account as CloudTrail sees it. */
import { type CloudCall, cloudRecord } from './lines/cloudtrail.ts';
import type { Mark } from './log-writer.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

type Call = Pick<
  CloudCall,
  'service' | 'name' | 'readOnly' | 'parameters' | 'response' | 'isData'
> &
  Partial<Pick<CloudCall, 'error' | 'ip' | 'agent'>>;

/** An identity of the scenario calls the API now. */
export function callCloud(
  world: World,
  identityName: string,
  call: Call,
  options: { random: Random; mark?: Mark | undefined },
): void {
  const { identities, account, region } = world.scenario.cloud;
  const identity = identities[identityName];
  if (identity === undefined) throw new RangeError(`no identity "${identityName}" in the scenario`);
  const full: CloudCall = {
    ip: identity.address,
    agent: identity.agent,
    ...call,
    identity,
    requestId: call.service === 's3' ? requestCode(options.random) : uuid(options.random),
    eventId: uuid(options.random),
  };
  const record = cloudRecord(world.schedule.nowMs, full, { id: account, region });
  world.write('cloud', record, options.mark);
}

const HEX = '0123456789abcdef';

const requestCode = (random: Random): string => random.text(16, '0123456789ABCDEFGHJKMNPQRSTVWXYZ');

/** A random UUID of version 4. */
function uuid(random: Random): string {
  const digits = random.text(31, HEX);
  const variant = random.pick(['8', '9', 'a', 'b']);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(12, 15)}-${variant}${digits.slice(15, 18)}-${digits.slice(18, 30)}`;
}
