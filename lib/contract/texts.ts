import type { OperationId } from './operations.ts'
import type { ProblemCode } from './problems.ts'

/**
 * What people read of the tables, complete by type. It is a module of its own so that the functions
 * that answer machines do not carry it: 2 KB of gzip in each.
 */

/** What the reader of a problem's page should do. */
export const REMEDIES: Record<ProblemCode, string> = {
  'invalid-request':
    'Send a JSON body, a correctly percent-encoded path and one credential at a time. The detail member names the fault.',
  'authentication-required':
    'Sign in at POST /api/auth/signin and send the JWT as Authorization: Bearer <JWT>.',
  'invalid-token': 'Exchange your refresh token at POST /api/auth/refresh, or sign in again.',
  'invalid-credentials':
    'Check the address and the password. The answer is the same for an unknown user.',
  'invalid-refresh-token':
    'Sign in again. A refresh token works once; use the one from the newest answer.',
  'insufficient-scope':
    'Use an account with a higher level, or an API key with the scope: the detail member names it.',
  'csrf-failed': 'Call from pages of the same origin, or use a Bearer token instead of cookies.',
  blocked: 'Ask the operator of this API: an admin keeps out your address, account or API key.',
  'not-found': 'Check the path. What you may not see answers the same as what does not exist.',
  'method-not-allowed': 'Use one of the methods in the Allow header.',
  conflict: 'Read the current state and try again.',
  'precondition-failed': 'Read the current version and send its ETag in If-Match.',
  'payload-too-large': 'Send less than 65,537 bytes.',
  'unsupported-media-type':
    'Send Content-Type: application/json, and no Content-Encoding: bodies are not compressed.',
  'validation-error':
    'The errors member names each place (a JSON pointer) and what would be right there.',
  'header-too-large':
    'Send 16 KiB of request line and header fields at most: fewer cookies, a shorter query.',
  'quota-exceeded':
    'Wait for the seconds in Retry-After. The detail member names the quota that is used up.',
  'internal-error': 'Report the requestId to the operator; the log has the reason under it.',
  'service-unavailable': 'Try again after the seconds in Retry-After.',
}

/** What an operation does, in a line. */
export const SUMMARIES: Record<OperationId, string> = {
  signIn: 'Sign in with user and password; answers a token pair',
  login: 'Sign in as a browser does: the tokens come as cookies',
  refresh: 'Exchange a refresh token for a new pair',
  logout: 'End the session; always 204',
  register: 'Register an address; a mail confirms it',
  verifyEmail: 'Confirm an address by the token of a mail, and make its account',
  resendVerification: 'Send the mail again that confirms an address',
  listSessions: 'List your sessions, newest first',
  endSessions: 'End all your sessions: log out everywhere',
  endSession: 'End one of your sessions',
  generatePassword: 'Hash a password with bcrypt, for an account typed by hand',
  changePassword:
    'Change your password; every other session ends, and if you ask for it every API key',
  forgotPassword: 'Send a mail with which a new password can be set',
  resetPassword: 'Set a new password by the token of a mail; every session and API key ends',
  readProfile: 'Read your own account',
  changeProfile: 'Change your name',
  listKeys: 'List your API keys, newest first',
  createKey: 'Make an API key; it is shown this once',
  rollKey: 'Give an API key another secret; the one before works on for a while',
  deleteKey: 'End an API key',
  listUsers: 'List accounts, by address, in pages',
  changeUser: 'Set the level of an account, or disable or enable it',
  readUser: 'Read an account, by its id or its address',
  deleteUser: 'Delete an account with its sessions and API keys',
  listUserKeys: 'List the API keys of an account',
  deleteUserKey: 'End an API key of an account',
  exportUser: 'Everything that is kept of an account',
  unlockUser: 'Clear the failed sign-ins of an account',
  listEvents: 'List security events, newest first, in pages',
  listBlocks: 'List what is kept out, newest first',
  createBlock: 'Keep out an address or a network, an account, or an API key',
  deleteBlock: 'Let in again what was kept out',
  readMetrics: 'Counters of requests, quotas, sign-ins and the store, for Prometheus',
  jwks: 'The public keys that verify access tokens',
  openapi: 'This document',
  health: 'The process is alive',
  ready: 'The store is reachable',
  listItems: 'List a collection, filtered and sorted, in pages',
  getItem: 'Read one item',
  createItem: 'Make an item',
  replaceItem: 'Replace an item, or make it under this id',
  patchItem: 'Change some fields of an item; null takes one away',
  deleteItem: 'Delete an item',
}
