/** ECS category and type of the CloudTrail actions that ECS has words for. */

/** ECS words for an action; `category` is undefined where ECS has none. */
export interface ActionClass {
  category: readonly string[] | undefined;
  type: readonly string[];
}

const CLASSES: readonly (readonly [category: string, type: string, actions: string])[] = [
  [
    'authentication',
    'info',
    'AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot ConsoleLogin ' +
      'CredentialVerification CredentialChallenge GetFederationToken GetSessionToken SwitchRole ' +
      'UserAuthentication CheckMfa RenewRole ExitRole',
  ],
  ['iam', 'user creation', 'CreateUser'],
  ['iam', 'user deletion', 'DeleteUser'],
  [
    'iam',
    'user change',
    'AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile CreateServiceSpecificCredential ' +
      'CreateVirtualMFADevice DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteSSHPublicKey ' +
      'DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice DetachUserPolicy ' +
      'EnableMFADevice PutUserPermissionsBoundary PutUserPolicy ResyncMFADevice TagUser UntagUser ' +
      'UpdateAccessKey UpdateLoginProfile UpdateSSHPublicKey UpdateUser UploadSSHPublicKey ' +
      'UploadSigningCertificate',
  ],
  [
    'iam',
    'user info',
    'GetUser GetUserPolicy ListGroupsForUser ListUsers ListAccessKeys ListUserPolicies ' +
      'ListAttachedUserPolicies',
  ],
  ['iam', 'group creation', 'CreateGroup'],
  ['iam', 'group deletion', 'DeleteGroup'],
  [
    'iam',
    'group change',
    'AddUserToGroup AttachGroupPolicy DeleteGroupPolicy DetachGroupPolicy PutGroupPolicy ' +
      'RemoveUserFromGroup UpdateGroup',
  ],
  ['iam', 'group info', 'GetGroup GetGroupPolicy ListGroups'],
  [
    'iam',
    'admin creation',
    'CreateKeyPair CreatePolicy CreateRole CreateSAMLProvider ImportKeyPair',
  ],
  ['iam', 'admin deletion', 'DeleteKeyPair DeletePolicy DeleteRole DeleteSAMLProvider'],
  [
    'iam',
    'admin change',
    'AddRoleToInstanceProfile AttachRolePolicy CreatePolicyVersion DeleteAccountPasswordPolicy ' +
      'DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy PutRolePermissionsBoundary ' +
      'PutRolePolicy SetDefaultPolicyVersion UpdateAccountPasswordPolicy UpdateAssumeRolePolicy ' +
      'UpdateRole UpdateSAMLProvider',
  ],
  ['file', 'creation', 'CreateBucket'],
  ['file', 'deletion', 'DeleteBucket'],
];

const BY_ACTION: ReadonlyMap<string, ActionClass> = new Map(
  CLASSES.flatMap(([category, type, actions]) => {
    const shared = { category: category.split(' '), type: type.split(' ') };
    return actions.split(' ').map((action) => [action, shared] as const);
  }),
);

const OTHER: ActionClass = { category: undefined, type: ['info'] };

/** How ECS classifies an API call; calls it has no category for are of type `info`. */
export const classifyAction = (action: string): ActionClass => BY_ACTION.get(action) ?? OTHER;
