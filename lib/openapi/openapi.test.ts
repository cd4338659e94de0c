import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { contract, type OperationId, pathsOf } from '../contract/operations.ts'
import { allCollections } from '../items/registry.ts'
import { openapi } from './openapi.ts'

test('the document that the last bundle made is what contract and collections say', () => {
  const published = JSON.parse(readFileSync('lib/openapi/openapi.json', 'utf8'))
  expect(JSON.stringify(published) === JSON.stringify(openapi())).toBe(true)
})

test('every operation, older paths too, has a summary, problems and an answer', () => {
  const { paths } = openapi()
  const ids = Object.values(paths).flatMap((methods) =>
    Object.values(methods).map((operation) => operation['operationId'] as string),
  )
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of Object.keys(contract) as OperationId[]) {
    const own = ids.filter((each) => each.split('_')[0] === id)
    const places = pathsOf(id).map((path) =>
      path.includes('{collection}') ? allCollections().length : 1,
    )
    expect(own.length, id).toBe(places.reduce((sum, each) => sum + each, 0))
  }
  const faults: string[] = []
  for (const [path, methods] of Object.entries(paths)) {
    for (const operation of Object.values(methods)) {
      const responses = operation['responses'] as Record<string, object>
      const missing = ['400', '500', '503'].filter((status) => !(status in responses))
      const [status, answer] =
        Object.entries(responses).find(([each]) => /^(2|303$)/.test(each)) ?? []
      const isTold =
        status !== undefined && (/^(204|303)$/.test(status) || 'content' in Object(answer))
      faults.push(...missing.map((each) => `${path}: no ${each}`), ...(isTold ? [] : [path]))
    }
  }
  expect(faults).toEqual([])
})

test('every reference leads somewhere', () => {
  const document = openapi()
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(100)
  const target = (path: string): unknown =>
    path.split('/').reduce<unknown>((at, step) => Object(at)[step], document)
  expect(references.filter(([, path = '']) => target(path) === undefined)).toEqual([])
})

test('bearer is the scheme to prefer: it stands first wherever a credential is taken', () => {
  const { paths, security, components } = openapi()
  const { securitySchemes } = Object(components)
  expect(security).toEqual([{ bearer: [] }])
  expect(Object.keys(securitySchemes)).toEqual(['bearer', 'apiKey', 'cookies', 'metricsToken'])
  expect(securitySchemes.bearer.description).toMatch(/^The one to prefer/)
  const guarded = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .map((operation) => (operation['security'] as object[]).flatMap((each) => Object.keys(each)))
    .filter((schemes) => schemes.length > 0)
  expect(guarded.filter(([first]) => first !== 'bearer')).toEqual([])
  expect(guarded.length).toBeGreaterThan(20)
})
