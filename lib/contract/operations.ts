import type { Action } from '../collections/define.ts'
import { olderPaths } from '../collections/older-paths.ts'
import type { StrictNamesBy } from '../rate-limit/policies.ts'
import type { Access } from './access.ts'

/** `collection` asks the collection's own table. */
export type OperationAccess = Access | 'collection'

/** One HTTP operation: plain data, so that the gate can carry the whole table. */
export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /**
   * `{name}` is one path segment, percent-decoded once; `{name=word}` matches that word alone; what follows the
   * brackets ends the segment.
   */
  path: `/${string}`
  access: OperationAccess
  /** For `access: 'collection'`: which of the collection's actions this is. */
  action?: Action
  /**
   * `gate` counts as `anonymous` or `user` before the endpoint; `session` is counted by the use case,
   * since the token may be in the body, and as `anonymous` where there is no good one; `none` is for
   * probes. A quota of the client's address is counted by the endpoint, before the body is read.
   */
  quota: 'gate' | 'session' | 'none' | StrictNamesBy<'client address'>
  /** Besides `quota`: a quota of the subject, counted exactly, before the body is read. */
  counted?: StrictNamesBy<'subject'>
  /**
   * Where nobody has to sign in: a credential that is sent is proven, and tells whose the change is. One
   * that does not hold is as good as none.
   */
  optionalPrincipal?: true
  /**
   * It gives cookies: a page of another origin is refused before anything is counted or read. It could sign a
   * visitor in as somebody else.
   */
  ownPages?: true
  /** Of passkeys: it is there where the origin's host is a name, since an RP id is no IP address. */
  passkeys?: true
  /**
   * Performs operations of collections for its caller, each of which is admitted by itself. A credential that
   * does not hold is refused before any begins.
   */
  acts?: true
  /** Runs bcrypt, which holds up everything else in its process. */
  hashes?: true
  /**
   * `any` takes whatever comes and judges it in the use case; `optional` is JSON or nothing; `text` is JSON
   * whose syntax the use case judges, because a protocol says how that fails.
   */
  body: 'none' | 'json' | 'optional' | 'any' | 'text'
  status: 200 | 201 | 202 | 204 | 303
  /** Also open to whoever sends this setting as a bearer token, without a session. */
  token?: 'metricsToken'
  /** People are led here: a browser gets failures as pages. */
  page?: true
  /** What it answers with, where that is not JSON. */
  mediaType?: string
  /** Public answers that anyone may keep, for so many seconds; absent: nobody keeps anything. */
  cacheSeconds?: number
}

/**
 * The operation table: what the router, the gate and the endpoints need to know. The rest of an operation
 * stands beside its use case: see `defineOperation` in `lib/operation.ts`.
 */
export const contract = {
  signIn: {
    method: 'POST',
    path: '/api/auth/signin',
    access: 'public',
    quota: 'signin',
    body: 'json',
    hashes: true,
    status: 200,
  },
  login: {
    method: 'POST',
    path: '/api/auth/login',
    access: 'public',
    ownPages: true,
    quota: 'signin',
    body: 'json',
    hashes: true,
    status: 200,
  },
  refresh: {
    method: 'POST',
    path: '/api/auth/refresh',
    access: 'public',
    quota: 'session',
    body: 'json',
    status: 200,
  },
  logout: {
    method: 'POST',
    path: '/api/auth/logout',
    access: 'public',
    quota: 'session',
    body: 'any',
    status: 204,
  },
  freshenSignIn: {
    method: 'POST',
    path: '/api/auth/fresh',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    hashes: true,
    status: 204,
  },
  startTotp: {
    method: 'POST',
    path: '/api/auth/totp',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    hashes: true,
    status: 200,
  },
  confirmTotp: {
    method: 'POST',
    path: '/api/auth/totp/confirm',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
  },
  disableTotp: {
    method: 'DELETE',
    path: '/api/auth/totp',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    hashes: true,
    status: 204,
  },
  newPasskeyOptions: {
    method: 'POST',
    path: '/api/auth/passkeys/options',
    access: 'user',
    passkeys: true,
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 200,
  },
  createPasskey: {
    method: 'POST',
    path: '/api/auth/passkeys',
    access: 'user',
    passkeys: true,
    quota: 'gate',
    counted: 'write',
    body: 'json',
    hashes: true,
    status: 201,
  },
  listPasskeys: {
    method: 'GET',
    path: '/api/auth/passkeys',
    access: 'user',
    passkeys: true,
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  deletePasskey: {
    method: 'DELETE',
    path: '/api/auth/passkeys/{id}',
    access: 'user',
    passkeys: true,
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  passkeyOptions: {
    method: 'POST',
    path: '/api/auth/passkey/options',
    access: 'public',
    passkeys: true,
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  signInByPasskey: {
    method: 'POST',
    path: '/api/auth/passkey/signin',
    access: 'public',
    passkeys: true,
    quota: 'signin',
    body: 'json',
    status: 200,
  },
  logInByPasskey: {
    method: 'POST',
    path: '/api/auth/passkey/login',
    access: 'public',
    ownPages: true,
    passkeys: true,
    quota: 'signin',
    body: 'json',
    status: 200,
  },
  register: {
    method: 'POST',
    path: '/api/auth/register',
    access: 'public',
    quota: 'mail',
    body: 'json',
    hashes: true,
    status: 202,
  },
  verifyEmail: {
    method: 'POST',
    path: '/api/auth/email/verify',
    access: 'public',
    quota: 'gate',
    body: 'json',
    hashes: true,
    status: 204,
  },
  resendVerification: {
    method: 'POST',
    path: '/api/auth/email/resend',
    access: 'public',
    optionalPrincipal: true,
    quota: 'mail',
    body: 'optional',
    status: 202,
  },
  listSessions: {
    method: 'GET',
    path: '/api/auth/sessions',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  endSessions: {
    method: 'DELETE',
    path: '/api/auth/sessions',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  endSession: {
    method: 'DELETE',
    path: '/api/auth/sessions/{id}',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  generatePassword: {
    method: 'POST',
    path: '/api/auth/generatepassword',
    access: 'admin',
    quota: 'gate',
    body: 'json',
    hashes: true,
    status: 200,
  },
  changePassword: {
    method: 'POST',
    path: '/api/auth/password',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    hashes: true,
    status: 204,
  },
  forgotPassword: {
    method: 'POST',
    path: '/api/auth/password/forgot',
    access: 'public',
    quota: 'mail',
    body: 'json',
    status: 202,
  },
  resetPassword: {
    method: 'POST',
    path: '/api/auth/password/reset',
    access: 'public',
    quota: 'gate',
    body: 'json',
    hashes: true,
    status: 204,
  },
  listProviders: {
    method: 'GET',
    path: '/api/auth/providers',
    access: 'public',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  startOAuth: {
    method: 'GET',
    path: '/api/auth/oauth/{provider}',
    access: 'public',
    quota: 'gate',
    body: 'none',
    status: 303,
    page: true,
  },
  finishOAuth: {
    method: 'GET',
    path: '/api/auth/oauth/{provider}/callback',
    access: 'public',
    quota: 'gate',
    body: 'none',
    status: 303,
    page: true,
  },
  listIdentities: {
    method: 'GET',
    path: '/api/auth/identities',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  deleteIdentity: {
    method: 'DELETE',
    path: '/api/auth/identities/{id}',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'optional',
    hashes: true,
    status: 204,
  },
  readProfile: {
    method: 'GET',
    path: '/api/profile',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  changeProfile: {
    method: 'PATCH',
    path: '/api/profile',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
  },
  deleteProfile: {
    method: 'DELETE',
    path: '/api/profile',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'optional',
    hashes: true,
    status: 204,
  },
  exportProfile: {
    method: 'GET',
    path: '/api/profile/export',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  listKeys: {
    method: 'GET',
    path: '/api/keys',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  createKey: {
    method: 'POST',
    path: '/api/keys',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    hashes: true,
    status: 201,
  },
  rollKey: {
    method: 'POST',
    path: '/api/keys/{id}/roll',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'optional',
    status: 200,
  },
  deleteKey: {
    method: 'DELETE',
    path: '/api/keys/{id}',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  listUsers: {
    method: 'GET',
    path: '/api/users',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  changeUser: {
    method: 'PATCH',
    path: '/api/users/{id}',
    access: 'admin',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
  },
  readUser: {
    method: 'GET',
    path: '/api/users/{id}',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  deleteUser: {
    method: 'DELETE',
    path: '/api/users/{id}',
    access: 'admin',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  listUserKeys: {
    method: 'GET',
    path: '/api/users/{id}/keys',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  deleteUserKey: {
    method: 'DELETE',
    path: '/api/users/{id}/keys/{key}',
    access: 'admin',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  exportUser: {
    method: 'GET',
    path: '/api/users/{id}/export',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  unlockUser: {
    method: 'POST',
    path: '/api/users/{id}/unlock',
    access: 'admin',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  readUsage: {
    method: 'GET',
    path: '/api/usage',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  topUsage: {
    method: 'GET',
    path: '/api/usage/top',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  readUserUsage: {
    method: 'GET',
    path: '/api/users/{id}/usage',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  listEvents: {
    method: 'GET',
    path: '/api/events',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  listBlocks: {
    method: 'GET',
    path: '/api/blocks',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  createBlock: {
    method: 'POST',
    path: '/api/blocks',
    access: 'admin',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 201,
  },
  deleteBlock: {
    method: 'DELETE',
    path: '/api/blocks/{id}',
    access: 'admin',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
  readMetrics: {
    method: 'GET',
    path: '/api/metrics',
    access: 'admin',
    token: 'metricsToken',
    quota: 'gate',
    body: 'none',
    status: 200,
    mediaType: 'text/plain; version=0.0.4; charset=utf-8',
  },
  jwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    access: 'public',
    quota: 'gate',
    body: 'none',
    status: 200,
    cacheSeconds: 300,
  },
  openapi: {
    method: 'GET',
    path: '/api/openapi.json',
    access: 'public',
    quota: 'gate',
    body: 'none',
    status: 200,
    cacheSeconds: 300,
  },
  health: {
    method: 'GET',
    path: '/api/health',
    access: 'public',
    quota: 'none',
    body: 'none',
    status: 200,
  },
  ready: {
    method: 'GET',
    path: '/api/health/ready',
    access: 'public',
    quota: 'none',
    body: 'none',
    status: 200,
  },
  queryGraph: {
    method: 'GET',
    path: '/api/graphql',
    access: 'public',
    acts: true,
    quota: 'gate',
    body: 'none',
    status: 200,
    mediaType: 'application/json',
  },
  runGraph: {
    method: 'POST',
    path: '/api/graphql',
    access: 'public',
    acts: true,
    quota: 'gate',
    body: 'text',
    status: 200,
    mediaType: 'application/json',
  },
  graphSchema: {
    method: 'GET',
    path: '/api/graphql/schema',
    access: 'public',
    quota: 'gate',
    body: 'none',
    status: 200,
    mediaType: 'text/plain; charset=utf-8',
  },
  callTools: {
    method: 'POST',
    path: '/api/mcp',
    access: 'public',
    acts: true,
    quota: 'gate',
    body: 'text',
    status: 200,
  },
  listItems: {
    method: 'GET',
    path: '/api/{collection}',
    access: 'collection',
    action: 'list',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  getItem: {
    method: 'GET',
    path: '/api/{collection}/{id}',
    access: 'collection',
    action: 'get',
    quota: 'gate',
    body: 'none',
    status: 200,
  },
  createItem: {
    method: 'POST',
    path: '/api/{collection}',
    access: 'collection',
    optionalPrincipal: true,
    action: 'create',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 201,
  },
  batchItems: {
    method: 'POST',
    path: '/api/{collection}:batch',
    access: 'collection',
    optionalPrincipal: true,
    action: 'batch',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
  },
  replaceItem: {
    method: 'PUT',
    path: '/api/{collection}/{id}',
    access: 'collection',
    optionalPrincipal: true,
    action: 'replace',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
  },
  patchItem: {
    method: 'PATCH',
    path: '/api/{collection}/{id}',
    access: 'collection',
    optionalPrincipal: true,
    action: 'update',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
  },
  deleteItem: {
    method: 'DELETE',
    path: '/api/{collection}/{id}',
    access: 'collection',
    optionalPrincipal: true,
    action: 'delete',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
  },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof contract

/** A name that is no operation's does not compile. */
const older: { readonly [id in OperationId]?: readonly `/${string}`[] } & Record<
  Exclude<keyof typeof olderPaths, OperationId>,
  never
> = olderPaths

/** The paths of an operation: its own first, then the older ones. */
export function pathsOf(id: OperationId): readonly `/${string}`[] {
  return [contract[id].path, ...(older[id] ?? [])]
}
