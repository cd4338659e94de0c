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
  for (const [path, methods] of Object.entries(paths)) {
    for (const operation of Object.values(methods)) {
      const responses = operation['responses'] as Record<string, object>
      expect(Object.keys(responses), path).toEqual(expect.arrayContaining(['400', '500', '503']))
      const [first] = Object.entries(responses).filter(([status]) => /^(2|303$)/.test(status))
      expect(first, path).toBeDefined()
      if (first?.[0] !== '204' && first?.[0] !== '303')
        expect(first?.[1], path).toHaveProperty('content')
    }
  }
})

test('every reference leads somewhere', () => {
  const document = openapi()
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)]
  expect(references.length).toBeGreaterThan(100)
  for (const [, path = ''] of references) {
    let target: unknown = document
    for (const step of path.split('/')) target = (target as Record<string, unknown>)[step]
    expect(target, path).toBeDefined()
  }
})

test('bearer is the scheme to prefer: it stands first wherever a credential is taken', () => {
  const { paths, security, components } = openapi()
  const { securitySchemes } = Object(components)
  expect(security).toEqual([{ bearer: [] }])
  expect(Object.keys(securitySchemes)).toEqual(['bearer', 'apiKey', 'cookies', 'metricsToken'])
  expect(securitySchemes.bearer.description).toMatch(/^The one to prefer/)
  let guarded = 0
  for (const [path, methods] of Object.entries(paths)) {
    for (const operation of Object.values(methods)) {
      const schemes = (operation['security'] as object[]).flatMap((each) => Object.keys(each))
      if (schemes.length === 0) continue
      expect(schemes[0], path).toBe('bearer')
      guarded++
    }
  }
  expect(guarded).toBeGreaterThan(20)
})
