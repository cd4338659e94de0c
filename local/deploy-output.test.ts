import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { contract, type OperationId, pathsOf } from '../lib/contract/operations.ts'
import { readDeployOutput } from './deploy-output.ts'

const paths = new Set((Object.keys(contract) as OperationId[]).flatMap(pathsOf))
const named = [...paths].map((path) =>
  path
    .slice(1)
    .replace(/\{\w+=(\w+)\}/g, '$1')
    .replaceAll(/\{(\w+)\}/g, '[$1]'),
)
const complete: Record<string, string> = {
  middleware: 'edge',
  index: 'nodejs24.x',
  ...Object.fromEntries(named.map((name) => [name, 'edge'])),
}

/** What is wrong with an output of these functions. */
function faultsOf(functions: Record<string, string>, gate = '^/((?!_next/).*)$'): string[] {
  const output = mkdtempSync(join(tmpdir(), 'usher-deploy-output-'))
  try {
    for (const [name, runtime] of Object.entries(functions)) {
      const folder = join(output, 'functions', `${name}.func`)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, '.vc-config.json'), JSON.stringify({ runtime }))
      writeFileSync(join(folder, 'index.js'), '')
    }
    const routes = [{ handle: 'filesystem' }, { src: gate, middlewarePath: 'middleware' }]
    writeFileSync(join(output, 'config.json'), JSON.stringify({ routes }))
    return readDeployOutput(output).faults
  } finally {
    rmSync(output, { recursive: true })
  }
}

test('an output where all of the API runs at the edge has no fault; pages run anywhere', () => {
  expect(faultsOf(complete)).toEqual([])
})

test('a function off the edge, missing, unknown, or beside the middleware is named', () => {
  const { middleware: _, 'api/keys': __, ...rest } = complete
  const faulty = {
    ...rest,
    'api/events': 'nodejs24.x',
    'api/extra': 'edge',
    'api/extra.rsc': 'edge',
  }
  expect(faultsOf(faulty, '^/(api|v1)/.*$')).toEqual([
    'api/events runs on nodejs24.x, not at the edge.',
    'api/extra (edge) belongs to no operation.',
    'api/keys is missing, the function of /api/keys.',
    'middleware is missing.',
    '/.well-known/jwks.json does not pass the middleware.',
  ])
})
