import type { Access } from '../auth/levels.ts'
import type { ProblemCode } from '../errors.ts'

/** `collection` asks the collection's own table. */
export type OperationAccess = Access | 'collection'

/** One HTTP operation: plain data, so that the gate can carry the whole table. */
export interface Operation {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** `{name}` is one path segment, percent-decoded once; `{name=word}` matches that word alone. */
  path: `/${string}`
  /** Older paths of the same operation. */
  aliases?: readonly `/${string}`[]
  summary: string
  access: OperationAccess
  /** For `access: 'collection'`: which of the collection's actions this is. */
  action?: 'list' | 'get'
  /**
   * `gate` counts as `anonymous` or `user` before the endpoint; `signin` is counted by the endpoint,
   * by client address, before the body is read; `use case` needs the body and counts by itself;
   * `none` is for probes.
   */
  quota: 'gate' | 'use case' | 'none' | 'signin'
  /** Besides `quota`: changes count by subject, exactly, before the body is read. */
  counted?: 'write'
  /** `any` takes whatever comes and judges it in the use case. */
  body: 'none' | 'json' | 'any'
  status: 200 | 204
  /** Public answers that anyone may keep, for so many seconds; absent: nobody keeps anything. */
  cacheSeconds?: number
  /** What the use case may fail with, besides what every operation can answer. */
  errors: readonly ProblemCode[]
}

/** The operation table. The router, the gate, the endpoints and `lib/app.ts` all read it. */
export const contract = {
  signIn: {
    method: 'POST',
    path: '/api/auth/signin',
    aliases: ['/v1/auth/signin'],
    summary: 'Sign in with user and password; answers a token pair',
    access: 'public',
    quota: 'signin',
    body: 'json',
    status: 200,
    errors: ['invalid-credentials', 'quota-exceeded', 'service-unavailable'],
  },
  login: {
    method: 'POST',
    path: '/api/auth/login',
    summary: 'Sign in as a browser does: the tokens come as cookies',
    access: 'public',
    quota: 'signin',
    body: 'json',
    status: 200,
    errors: ['invalid-credentials', 'quota-exceeded', 'service-unavailable', 'csrf-failed'],
  },
  refresh: {
    method: 'POST',
    path: '/api/auth/refresh',
    aliases: ['/v1/auth/refresh'],
    summary: 'Exchange a refresh token for a new pair',
    access: 'public',
    quota: 'use case',
    body: 'json',
    status: 200,
    errors: ['invalid-refresh-token', 'quota-exceeded'],
  },
  logout: {
    method: 'POST',
    path: '/api/auth/logout',
    summary: 'End the session; always 204',
    access: 'public',
    quota: 'use case',
    body: 'any',
    status: 204,
    errors: ['quota-exceeded', 'csrf-failed'],
  },
  listSessions: {
    method: 'GET',
    path: '/api/auth/sessions',
    summary: 'List your sessions, newest first',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
    errors: [],
  },
  endSessions: {
    method: 'DELETE',
    path: '/api/auth/sessions',
    summary: 'End all your sessions: log out everywhere',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
    errors: [],
  },
  endSession: {
    method: 'DELETE',
    path: '/api/auth/sessions/{id}',
    summary: 'End one of your sessions',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'none',
    status: 204,
    errors: ['not-found'],
  },
  generatePassword: {
    method: 'POST',
    path: '/api/auth/generatepassword',
    aliases: ['/v1/auth/generatepassword'],
    summary: 'Hash a password with bcrypt, for an account typed by hand',
    access: 'admin',
    quota: 'gate',
    body: 'json',
    status: 200,
    errors: ['service-unavailable'],
  },
  changePassword: {
    method: 'POST',
    path: '/api/auth/password',
    summary: 'Change your password; every other session ends',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 204,
    errors: ['invalid-credentials', 'quota-exceeded', 'validation-error', 'service-unavailable'],
  },
  readProfile: {
    method: 'GET',
    path: '/api/profile',
    summary: 'Read your own account',
    access: 'user',
    quota: 'gate',
    body: 'none',
    status: 200,
    errors: [],
  },
  changeProfile: {
    method: 'PATCH',
    path: '/api/profile',
    summary: 'Change your name',
    access: 'user',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
    errors: [],
  },
  listUsers: {
    method: 'GET',
    path: '/api/users',
    summary: 'List accounts, by address, in pages',
    access: 'admin',
    quota: 'gate',
    body: 'none',
    status: 200,
    errors: [],
  },
  changeUser: {
    method: 'PATCH',
    path: '/api/users/{id}',
    summary: 'Set the level of an account, or disable or enable it',
    access: 'admin',
    quota: 'gate',
    counted: 'write',
    body: 'json',
    status: 200,
    errors: ['not-found', 'conflict'],
  },
  jwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'The public keys that verify access tokens',
    access: 'public',
    quota: 'gate',
    body: 'none',
    status: 200,
    cacheSeconds: 300,
    errors: [],
  },
  health: {
    method: 'GET',
    path: '/api/health',
    summary: 'The process is alive',
    access: 'public',
    quota: 'none',
    body: 'none',
    status: 200,
    errors: [],
  },
  ready: {
    method: 'GET',
    path: '/api/health/ready',
    summary: 'The store is reachable',
    access: 'public',
    quota: 'none',
    body: 'none',
    status: 200,
    errors: ['service-unavailable'],
  },
  listItems: {
    method: 'GET',
    path: '/api/{collection}',
    aliases: ['/v1/{collection=books}'],
    summary: 'List a collection, by id, in pages',
    access: 'collection',
    action: 'list',
    quota: 'gate',
    body: 'none',
    status: 200,
    errors: ['validation-error', 'not-found'],
  },
  getItem: {
    method: 'GET',
    path: '/api/{collection}/{id}',
    aliases: ['/v1/{collection=books}/get/{id}'],
    summary: 'Read one item',
    access: 'collection',
    action: 'get',
    quota: 'gate',
    body: 'none',
    status: 200,
    errors: ['not-found'],
  },
} as const satisfies Record<string, Operation>

export type OperationId = keyof typeof contract
