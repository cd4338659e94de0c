import { exportProfile, exportUser } from './auth/accounts/account-export.ts'
import { deleteProfile } from './auth/accounts/delete-profile.ts'
import { deleteUser } from './auth/accounts/delete-user.ts'
import { changeProfile, readProfile } from './auth/accounts/profile.ts'
import { register } from './auth/accounts/register.ts'
import { resendVerification } from './auth/accounts/resend-verification.ts'
import { unlockUser } from './auth/accounts/unlock.ts'
import { deleteUserKey, listUserKeys } from './auth/accounts/user-keys.ts'
import { changeUser, listUsers, readUser } from './auth/accounts/users.ts'
import { verifyEmail } from './auth/accounts/verify-email.ts'
import { deleteKey, listKeys, rollKey } from './auth/api-keys/api-keys.ts'
import { createKey } from './auth/api-keys/create-key.ts'
import { finishOAuth } from './auth/identities/finish-oauth.ts'
import { deleteIdentity, listIdentities } from './auth/identities/identities.ts'
import { listProviders } from './auth/identities/list-providers.ts'
import { startOAuth } from './auth/identities/start-oauth.ts'
import { createBlock, deleteBlock, listBlocks } from './auth/operators/blocks.ts'
import { listEvents } from './auth/operators/events.ts'
import { createPasskey } from './auth/passkeys/create-passkey.ts'
import { newPasskeyOptions } from './auth/passkeys/new-passkey-options.ts'
import { passkeyOptions } from './auth/passkeys/passkey-options.ts'
import { logInByPasskey, signInByPasskey } from './auth/passkeys/passkey-sign-in.ts'
import { deletePasskey, listPasskeys } from './auth/passkeys/passkeys.ts'
import { changePassword } from './auth/passwords/change-password.ts'
import { forgotPassword } from './auth/passwords/forgot-password.ts'
import { generatePassword } from './auth/passwords/generate-password.ts'
import { resetPassword } from './auth/passwords/reset-password.ts'
import { freshenSignIn } from './auth/sessions/freshen-sign-in.ts'
import { login } from './auth/sessions/login.ts'
import { logout } from './auth/sessions/logout.ts'
import { refresh } from './auth/sessions/refresh.ts'
import { endSession, endSessions, listSessions } from './auth/sessions/sessions.ts'
import { signIn } from './auth/sessions/sign-in.ts'
import { jwks } from './auth/tokens/jwks.ts'
import { confirmTotp } from './auth/totp/confirm-totp.ts'
import { disableTotp } from './auth/totp/disable-totp.ts'
import { startTotp } from './auth/totp/start-totp.ts'
import type { OperationId } from './contract/operations.ts'
import type { AppDeps } from './deps/app.ts'
import { queryGraph, runGraph } from './http/graphql.ts'
import { graphSchema } from './http/graphql-schema.ts'
import { health, ready } from './http/health.ts'
import { callTools } from './http/mcp.ts'
import { readMetrics } from './http/metrics-text.ts'
import { openapi } from './http/openapi.ts'
import { batchItems } from './items/batch.ts'
import { getItem } from './items/get.ts'
import { listItems } from './items/list.ts'
import { createItem, deleteItem, patchItem, replaceItem } from './items/write.ts'
import type { AnyOperation } from './operation.ts'
import { readUsage, readUserUsage, topUsage } from './usage/read-usage.ts'

/** What each operation of the contract does. One that is missing does not compile. */
export const OPERATIONS: { readonly [id in OperationId]: AnyOperation<AppDeps> & { id: id } } = {
  signIn,
  login,
  refresh,
  logout,
  freshenSignIn,
  startTotp,
  confirmTotp,
  disableTotp,
  newPasskeyOptions,
  createPasskey,
  listPasskeys,
  deletePasskey,
  passkeyOptions,
  signInByPasskey,
  logInByPasskey,
  register,
  verifyEmail,
  resendVerification,
  forgotPassword,
  resetPassword,
  listSessions,
  endSessions,
  endSession,
  generatePassword,
  changePassword,
  listProviders,
  startOAuth,
  finishOAuth,
  listIdentities,
  deleteIdentity,
  readProfile,
  changeProfile,
  deleteProfile,
  exportProfile,
  listKeys,
  createKey,
  rollKey,
  deleteKey,
  listUsers,
  changeUser,
  readUser,
  deleteUser,
  listUserKeys,
  deleteUserKey,
  exportUser,
  unlockUser,
  readUsage,
  topUsage,
  readUserUsage,
  listEvents,
  listBlocks,
  createBlock,
  deleteBlock,
  readMetrics,
  jwks,
  openapi,
  health,
  ready,
  queryGraph,
  runGraph,
  graphSchema,
  callTools,
  listItems,
  getItem,
  createItem,
  batchItems,
  replaceItem,
  patchItem,
  deleteItem,
}
