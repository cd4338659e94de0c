import { expect, test } from '@playwright/test'
import { contract, type OperationId, pathsOf } from '../contract/operations.ts'
import { allCollections } from '../items/registry.ts'
import { allowedMethods, findRoute, isPublicRead, type Match, operationOf } from './router.ts'

function matchOf(pathname: string): Match {
  const found = findRoute(pathname)
  if (typeof found === 'string') throw new Error(`${pathname} is ${found}`)
  return found
}

test('every path of every operation leads to it, by its method', () => {
  for (const id of Object.keys(contract) as OperationId[]) {
    for (const path of pathsOf(id)) {
      for (const { name } of path.includes('{collection}') ? allCollections() : [{ name: '' }]) {
        const sent = path
          .replace('{collection}', name)
          .replace(/\{\w+=(\w+)\}/g, '$1')
          .replace(/\{\w+\}/g, 'x')
        expect(operationOf(matchOf(sent), contract[id].method), sent).toBe(id)
      }
    }
  }
})

test('parameters are decoded once, and what is encoded twice stays encoded', () => {
  const { params } = matchOf('/api/users/a%2540b%2Fc/keys/%2e%2E')
  expect(params).toEqual({ id: 'a%40b/c', key: '..' })
})

test('words of a path have one spelling', () => {
  for (const path of ['/api/%61uth/signin', '/API/auth/signin', '/api/auth/signin/']) {
    expect(findRoute(path), path).toBe('unknown')
  }
})

test('an empty parameter, one too many and one too few lead nowhere', () => {
  for (const path of ['/', '/api', '/api/', '/api/users//keys', '/api/keys/x/roll/y']) {
    expect(findRoute(path), path).toBe('unknown')
  }
})

test('a percent sign that begins nothing is malformed, wherever it is', () => {
  for (const path of ['/api/%zz', '/%', '/api/users/%e0%a4', '/nothing/at/all/%ff']) {
    expect(findRoute(path), path).toBe('malformed')
  }
})

test('what every object has is no collection', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    expect(findRoute(`/api/${name}`), name).toBe('unknown')
    expect(findRoute(`/api/${name}/x`), name).toBe('unknown')
  }
})

test('words come before variables: no collection takes the place of an operation', () => {
  expect(matchOf('/api/users')).toMatchObject({ collection: undefined, params: {} })
  expect(operationOf(matchOf('/api/auth/sessions'), 'GET')).toBe('listSessions')
})

test('Allow lists the methods, HEAD wherever GET is, and OPTIONS', () => {
  expect(allowedMethods(matchOf('/api/auth/signin'))).toBe('POST, OPTIONS')
  expect(allowedMethods(matchOf('/api/profile'))).toBe('GET, PATCH, DELETE, HEAD, OPTIONS')
})

test('HEAD is GET; a method that is not there is none, also one that objects have', () => {
  const profile = matchOf('/api/profile')
  expect(operationOf(profile, 'HEAD')).toBe('readProfile')
  for (const method of ['POST', 'get', 'TRACE', 'constructor', '']) {
    expect(operationOf(profile, method), method).toBeUndefined()
  }
  expect(operationOf(matchOf('/api/auth/signin'), 'HEAD')).toBeUndefined()
})

test('a path that was asked for is found again after another', () => {
  const first = matchOf('/api/users/a')
  expect(matchOf('/api/users/b').params).toEqual({ id: 'b' })
  expect(matchOf('/api/users/a')).toEqual(first)
})

test('public is what anybody may read, and nothing that changes', () => {
  expect(isPublicRead(contract.health, matchOf('/api/health'))).toBe(true)
  expect(isPublicRead(contract.readProfile, matchOf('/api/profile'))).toBe(false)
  expect(isPublicRead(contract.signIn, matchOf('/api/auth/signin'))).toBe(false)
})
