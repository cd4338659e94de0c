import { resendCase, verifyCase } from './auth/accounts/email.ts'
import { changeProfileCase, readProfileCase } from './auth/accounts/profile.ts'
import { registerCase } from './auth/accounts/register.ts'
import { unlockUserCase } from './auth/accounts/unlock.ts'
import {
  deleteUserCase,
  deleteUserKeyCase,
  exportUserCase,
  listUserKeysCase,
} from './auth/accounts/user-records.ts'
import { changeUserCase, listUsersCase, readUserCase } from './auth/accounts/users.ts'
import {
  createKeyCase,
  deleteKeyCase,
  listKeysCase,
  rollKeyCase,
} from './auth/api-keys/api-keys.ts'
import { createBlockCase, deleteBlockCase, listBlocksCase } from './auth/operators/blocks.ts'
import { listEventsCase } from './auth/operators/events.ts'
import { changePasswordCase } from './auth/passwords/change-password.ts'
import { forgotCase } from './auth/passwords/forgot-password.ts'
import { generatePasswordCase } from './auth/passwords/generate-password.ts'
import { resetCase } from './auth/passwords/reset-password.ts'
import { loginCase } from './auth/sessions/login.ts'
import { logoutCase } from './auth/sessions/logout.ts'
import { refreshCase } from './auth/sessions/refresh.ts'
import { endSessionCase, endSessionsCase, listSessionsCase } from './auth/sessions/sessions.ts'
import { signInCase } from './auth/sessions/sign-in.ts'
import { jwksCase } from './auth/tokens/jwks.ts'
import { contract, type OperationId } from './contract/operations.ts'
import type { AppDeps } from './deps/app.ts'
import { endpoint, type Handler } from './http/endpoint.ts'
import { gate, isForPage } from './http/gate.ts'
import { healthCase, readyCase } from './http/health.ts'
import { readMetricsCase } from './http/metrics-text.ts'
import { openapiCase } from './http/openapi.ts'
import { accountPage } from './http/pages/account-page.ts'
import { pageHeaders, pageRefusal } from './http/pages/page.ts'
import { problemPage } from './http/pages/problem-page.ts'
import { findRoute, operationOf } from './http/router.ts'
import { getItemCase } from './items/get.ts'
import { listItemsCase } from './items/list.ts'
import { createItemCase, deleteItemCase, patchItemCase, replaceItemCase } from './items/write.ts'
import type { WaitUntil } from './rate-limit/types.ts'

/** The whole API as one fetch handler: for workerd, Node and tests. */
export type App = (request: Request, waitUntil: WaitUntil) => Promise<Response>

/**
 * Builds the API from the operation table, with the same gate, endpoints and order as under Next.
 *
 * @param deps Called at the first request.
 */
export function createApp(deps: () => AppDeps): App {
  const handlers: Record<OperationId, Handler> = {
    signIn: endpoint(contract.signIn, signInCase, deps),
    login: endpoint(contract.login, loginCase, deps),
    refresh: endpoint(contract.refresh, refreshCase, deps),
    logout: endpoint(contract.logout, logoutCase, deps),
    register: endpoint(contract.register, registerCase, deps),
    verifyEmail: endpoint(contract.verifyEmail, verifyCase, deps),
    resendVerification: endpoint(contract.resendVerification, resendCase, deps),
    forgotPassword: endpoint(contract.forgotPassword, forgotCase, deps),
    resetPassword: endpoint(contract.resetPassword, resetCase, deps),
    listSessions: endpoint(contract.listSessions, listSessionsCase, deps),
    endSessions: endpoint(contract.endSessions, endSessionsCase, deps),
    endSession: endpoint(contract.endSession, endSessionCase, deps),
    generatePassword: endpoint(contract.generatePassword, generatePasswordCase, deps),
    changePassword: endpoint(contract.changePassword, changePasswordCase, deps),
    readProfile: endpoint(contract.readProfile, readProfileCase, deps),
    changeProfile: endpoint(contract.changeProfile, changeProfileCase, deps),
    listKeys: endpoint(contract.listKeys, listKeysCase, deps),
    createKey: endpoint(contract.createKey, createKeyCase, deps),
    rollKey: endpoint(contract.rollKey, rollKeyCase, deps),
    deleteKey: endpoint(contract.deleteKey, deleteKeyCase, deps),
    listUsers: endpoint(contract.listUsers, listUsersCase, deps),
    changeUser: endpoint(contract.changeUser, changeUserCase, deps),
    readUser: endpoint(contract.readUser, readUserCase, deps),
    deleteUser: endpoint(contract.deleteUser, deleteUserCase, deps),
    listUserKeys: endpoint(contract.listUserKeys, listUserKeysCase, deps),
    deleteUserKey: endpoint(contract.deleteUserKey, deleteUserKeyCase, deps),
    exportUser: endpoint(contract.exportUser, exportUserCase, deps),
    unlockUser: endpoint(contract.unlockUser, unlockUserCase, deps),
    listEvents: endpoint(contract.listEvents, listEventsCase, deps),
    listBlocks: endpoint(contract.listBlocks, listBlocksCase, deps),
    createBlock: endpoint(contract.createBlock, createBlockCase, deps),
    deleteBlock: endpoint(contract.deleteBlock, deleteBlockCase, deps),
    readMetrics: endpoint(contract.readMetrics, readMetricsCase, deps),
    jwks: endpoint(contract.jwks, jwksCase, deps),
    openapi: endpoint(contract.openapi, openapiCase, deps),
    health: endpoint(contract.health, healthCase, deps),
    ready: endpoint(contract.ready, readyCase, deps),
    listItems: endpoint(contract.listItems, listItemsCase, deps),
    getItem: endpoint(contract.getItem, getItemCase, deps),
    createItem: endpoint(contract.createItem, createItemCase, deps),
    replaceItem: endpoint(contract.replaceItem, replaceItemCase, deps),
    patchItem: endpoint(contract.patchItem, patchItemCase, deps),
    deleteItem: endpoint(contract.deleteItem, deleteItemCase, deps),
  }

  return async (request, waitUntil) => {
    const url = new URL(request.url)
    const { pathname } = url
    if (isForPage(request.method, url)) return page(request.method, pathname, deps)

    const outcome = await gate(request, deps, waitUntil)
    if ('response' in outcome) return withoutBody(request, outcome.response)

    const match = findRoute(pathname)
    const operation = typeof match === 'object' ? operationOf(match, request.method) : undefined
    if (operation === undefined) throw new TypeError('the gate let an unknown path pass')
    const { handover, response: passed } = outcome.pass
    const response = await handlers[operation](request, waitUntil, handover)
    for (const [name, value] of passed) response.headers.append(name, value)
    return withoutBody(request, response)
  }
}

/** HEAD is GET without a body (RFC 9110 §9.3.2). */
function withoutBody(request: Request, response: Response): Response {
  return request.method === 'HEAD' ? new Response(null, response) : response
}

function page(method: string, pathname: string, deps: () => AppDeps): Response {
  const nonce = crypto.randomUUID()
  const headers = pageHeaders(nonce, deps)
  const refused = pageRefusal(method, pathname)
  if (refused !== undefined) {
    for (const [name, value] of Object.entries(refused.headers)) headers.set(name, value)
    return new Response(refused.text, { status: refused.status, headers })
  }
  const html =
    accountPage(pathname, nonce, deps().settings.passwordRules.minLength) ?? problemPageAt(pathname)
  if (html === undefined) {
    headers.set('Content-Type', 'text/plain; charset=utf-8')
    headers.set('Cache-Control', 'no-store')
    return new Response('There is no page here. The API is under /api.\n', { status: 404, headers })
  }
  headers.set('Content-Type', 'text/html; charset=utf-8')
  return new Response(html, { headers })
}

function problemPageAt(pathname: string): string | undefined {
  const slug = /^\/problems\/([^/]+)$/.exec(pathname)?.[1]
  return slug === undefined ? undefined : problemPage(slug)
}
