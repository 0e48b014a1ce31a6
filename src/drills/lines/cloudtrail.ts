/**
 * Records of AWS CloudTrail, event version 1.08.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import { secondStamp } from './stamps.ts';

/** Who calls. */
export interface CloudIdentity {
  type: 'IAMUser' | 'AssumedRole' | 'AWSService';
  /** User name, or role name for an assumed role, or service host for a service. */
  name: string;
  principalId: string;
  accessKeyId: string;
  /** Session name of an assumed role. */
  session?: string | undefined;
}

/** One call of the AWS API. */
export interface CloudCall {
  identity: CloudIdentity;
  ip: string;
  agent: string;
  /** `s3`, `iam`, `sts`, ... */
  service: string;
  name: string;
  readOnly: boolean;
  parameters: Readonly<Record<string, unknown>> | null;
  response: Readonly<Record<string, unknown>> | null;
  error?: { code: string; message: string } | undefined;
  /** A data event (object level), not a management event. */
  isData: boolean;
  requestId: string;
  eventId: string;
}

/** One record as one line of JSON. */
export function cloudRecord(
  atMs: number,
  call: CloudCall,
  account: { id: string; region: string },
): string {
  return JSON.stringify({
    eventVersion: '1.08',
    userIdentity: identityOf(call.identity, account.id),
    eventTime: secondStamp(atMs),
    eventSource: `${call.service}.amazonaws.com`,
    eventName: call.name,
    awsRegion: call.service === 'iam' ? 'us-east-1' : account.region,
    sourceIPAddress: call.ip,
    userAgent: call.agent,
    ...(call.error && { errorCode: call.error.code, errorMessage: call.error.message }),
    requestParameters: call.parameters,
    responseElements: call.response,
    requestID: call.requestId,
    eventID: call.eventId,
    readOnly: call.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: !call.isData,
    recipientAccountId: account.id,
    eventCategory: call.isData ? 'Data' : 'Management',
  });
}

function identityOf(who: CloudIdentity, accountId: string): Record<string, unknown> {
  if (who.type === 'AWSService') return { type: 'AWSService', invokedBy: who.name };
  if (who.type === 'IAMUser') {
    return {
      type: 'IAMUser',
      principalId: who.principalId,
      arn: `arn:aws:iam::${accountId}:user/${who.name}`,
      accountId,
      accessKeyId: who.accessKeyId,
      userName: who.name,
    };
  }
  const session = who.session ?? who.name;
  return {
    type: 'AssumedRole',
    principalId: `${who.principalId}:${session}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${who.name}/${session}`,
    accountId,
    accessKeyId: who.accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: who.principalId,
        arn: `arn:aws:iam::${accountId}:role/${who.name}`,
        accountId,
        userName: who.name,
      },
      attributes: { mfaAuthenticated: 'false' },
    },
  };
}
