import type { OperationId } from './operations.ts'

/**
 * What people read of the operation table, complete by type. It is a module of its own so that the
 * functions that answer machines do not carry it: 1 KB of gzip in each.
 */

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
