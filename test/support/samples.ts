import type { OperationId } from '../../lib/contract/operations.ts'
import type { Sample } from './in-process.ts'

/** The account of the samples: an admin. */
export const SIGN_IN = { user: 'hostile@home.org', password: 'password' }

/** One for each operation: a new operation does not compile without. */
export const SAMPLES: Record<OperationId, Sample> = {
  signIn: { body: SIGN_IN },
  login: { body: SIGN_IN },
  refresh: { body: { refresh: 'x.y.z' } },
  logout: { body: { refresh: 'x.y.z' } },
  register: { body: { user: 'new@home.org', password: 'a long enough one' } },
  verifyEmail: { body: { token: 'x' } },
  resendVerification: { body: { user: 'new@home.org' } },
  listSessions: {},
  endSessions: {},
  endSession: { params: { id: 'x' } },
  generatePassword: { body: { password: 'a long enough one' } },
  changePassword: { body: { current: 'wrong', password: 'a long enough one' } },
  forgotPassword: { body: { user: 'new@home.org' } },
  resetPassword: { body: { token: 'x', password: 'a long enough one' } },
  readProfile: {},
  changeProfile: { body: { name: 'Name' } },
  listKeys: {},
  createKey: { body: { name: 'A key', scopes: ['movies:read'], expiresIn: 60, limit: 5 } },
  rollKey: { params: { id: 'x' }, body: { overlap: 5 } },
  deleteKey: { params: { id: 'x' } },
  listUsers: { query: { limit: '5', cursor: 'YQ' } },
  changeUser: { params: { id: 'nobody@home.org' }, body: { level: 0, disabled: false } },
  readUser: { params: { id: 'nobody@home.org' } },
  deleteUser: { params: { id: 'nobody@home.org' } },
  listUserKeys: { params: { id: 'nobody@home.org' } },
  deleteUserKey: { params: { id: 'nobody@home.org', key: 'x' } },
  exportUser: { params: { id: 'nobody@home.org' } },
  unlockUser: { params: { id: 'nobody@home.org' } },
  listEvents: { query: { limit: '5', cursor: 'MS0x' } },
  listBlocks: {},
  createBlock: {
    body: { address: '192.0.2.0/24', reason: 'A reason', until: '2999-12-31T00:00:00Z' },
  },
  deleteBlock: { params: { id: 'x' } },
  readMetrics: {},
  jwks: {},
  openapi: {},
  health: {},
  ready: {},
  listItems: {
    params: { collection: 'movies' },
    query: {
      ...{ limit: '5', cursor: 'YQ', sort: 'year', q: 'alien', fields: 'year', count: 'exact' },
      ...{ director: 'x', 'year[gte]': '1' },
    },
  },
  getItem: { params: { collection: 'movies', id: 'Alien' }, query: { fields: 'year' } },
  createItem: {
    params: { collection: 'books' },
    body: { id: 'x', title: 'A title', author: 'An author', year: 1 },
  },
  replaceItem: {
    params: { collection: 'books', id: 'x' },
    body: { title: 'A title', author: 'An author', year: 1 },
  },
  patchItem: {
    params: { collection: 'books', id: 'a book' },
    body: { title: 'A title', author: 'An author', year: 1 },
  },
  deleteItem: { params: { collection: 'books', id: 'x' } },
}
