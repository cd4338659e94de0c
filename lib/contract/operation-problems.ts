import type { contract, Operation, OperationId } from './operations.ts'
import type { ProblemCode } from './problems.ts'

/**
 * What the use case of each operation may fail with, besides what every operation can answer. Apart
 * from the rows, because the functions that answer need it at compile time alone.
 */
export const OPERATION_PROBLEMS = {
  signIn: ['invalid-credentials', 'quota-exceeded', 'service-unavailable'],
  login: ['invalid-credentials', 'quota-exceeded', 'service-unavailable', 'csrf-failed'],
  refresh: ['invalid-refresh-token', 'quota-exceeded'],
  logout: ['quota-exceeded', 'csrf-failed'],
  register: ['validation-error', 'quota-exceeded', 'service-unavailable'],
  verifyEmail: ['invalid-token', 'validation-error', 'service-unavailable'],
  resendVerification: ['authentication-required', 'quota-exceeded', 'service-unavailable'],
  listSessions: [],
  endSessions: [],
  endSession: ['not-found'],
  generatePassword: ['validation-error', 'service-unavailable'],
  changePassword: [
    'invalid-credentials',
    'quota-exceeded',
    'validation-error',
    'service-unavailable',
  ],
  forgotPassword: ['quota-exceeded', 'service-unavailable'],
  resetPassword: ['invalid-token', 'validation-error', 'service-unavailable'],
  readProfile: [],
  changeProfile: [],
  listKeys: [],
  createKey: ['validation-error', 'conflict'],
  rollKey: ['not-found'],
  deleteKey: ['not-found'],
  listUsers: [],
  changeUser: ['not-found', 'conflict'],
  readUser: ['not-found'],
  deleteUser: ['not-found', 'conflict'],
  listUserKeys: ['not-found'],
  deleteUserKey: ['not-found'],
  exportUser: ['not-found'],
  unlockUser: ['not-found'],
  listEvents: [],
  listBlocks: [],
  createBlock: ['validation-error', 'conflict', 'blocked'],
  deleteBlock: ['not-found', 'blocked'],
  readMetrics: [],
  jwks: [],
  openapi: [],
  health: [],
  ready: ['service-unavailable'],
  listItems: ['validation-error', 'not-found', 'service-unavailable', 'precondition-failed'],
  getItem: ['validation-error', 'not-found', 'precondition-failed'],
  createItem: ['validation-error', 'invalid-request', 'not-found', 'conflict'],
  replaceItem: [
    'validation-error',
    'invalid-request',
    'not-found',
    'conflict',
    'precondition-failed',
  ],
  patchItem: [
    'validation-error',
    'invalid-request',
    'not-found',
    'conflict',
    'precondition-failed',
  ],
  deleteItem: [
    'validation-error',
    'invalid-request',
    'not-found',
    'conflict',
    'precondition-failed',
  ],
} as const satisfies Record<OperationId, readonly ProblemCode[]>

/** The operation that has a method and a path. */
type IdOf<row extends Operation> = {
  [id in OperationId]: (typeof contract)[id] extends Pick<row, 'method' | 'path'> ? id : never
}[OperationId]

/** The problems of a row. */
export type ProblemOf<row extends Operation> = (typeof OPERATION_PROBLEMS)[IdOf<row>][number]
