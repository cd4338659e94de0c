import { resendVerification, verifyEmail } from './auth/accounts/email.ts'
import { changeProfile, readProfile } from './auth/accounts/profile.ts'
import { register } from './auth/accounts/register.ts'
import { unlockUser } from './auth/accounts/unlock.ts'
import {
  deleteUser,
  deleteUserKey,
  exportUser,
  listUserKeys,
} from './auth/accounts/user-records.ts'
import { changeUser, listUsers, readUser } from './auth/accounts/users.ts'
import { createKey, deleteKey, listKeys, rollKey } from './auth/api-keys/api-keys.ts'
import { createBlock, deleteBlock, listBlocks } from './auth/operators/blocks.ts'
import { listEvents } from './auth/operators/events.ts'
import { changePassword } from './auth/passwords/change-password.ts'
import { forgotPassword } from './auth/passwords/forgot-password.ts'
import { generatePassword } from './auth/passwords/generate-password.ts'
import { resetPassword } from './auth/passwords/reset-password.ts'
import { login } from './auth/sessions/login.ts'
import { logout } from './auth/sessions/logout.ts'
import { refresh } from './auth/sessions/refresh.ts'
import { endSession, endSessions, listSessions } from './auth/sessions/sessions.ts'
import { signIn } from './auth/sessions/sign-in.ts'
import { jwks } from './auth/tokens/jwks.ts'
import type { OperationId } from './contract/operations.ts'
import type { AppDeps } from './deps/app.ts'
import { health, ready } from './http/health.ts'
import { readMetrics } from './http/metrics-text.ts'
import { openapi } from './http/openapi.ts'
import { batchItems } from './items/batch.ts'
import { getItem } from './items/get.ts'
import { listItems } from './items/list.ts'
import { createItem, deleteItem, patchItem, replaceItem } from './items/write.ts'
import type { AnyOperation } from './operation.ts'

/** What each operation of the contract does. One that is missing does not compile. */
export const OPERATIONS: { readonly [id in OperationId]: AnyOperation<AppDeps> & { id: id } } = {
  signIn,
  login,
  refresh,
  logout,
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
  readProfile,
  changeProfile,
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
  listEvents,
  listBlocks,
  createBlock,
  deleteBlock,
  readMetrics,
  jwks,
  openapi,
  health,
  ready,
  listItems,
  getItem,
  createItem,
  batchItems,
  replaceItem,
  patchItem,
  deleteItem,
}
