import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { EnvironmentFault, parseSettings } from '../lib/settings/settings.ts'

/** The variables that an environment lacks. */
function missingOf(variables: Record<string, string>): (string | undefined)[] {
  try {
    parseSettings(variables)
    return []
  } catch (error) {
    if (!(error instanceof EnvironmentFault)) throw error
    return error.faults.map((fault) => fault.split(' ')[0])
  }
}

test('the deploy button asks for what Vercel and Upstash do not set, and its section names the rest', () => {
  const page = readFileSync('docs/hosting.md', 'utf8')
  const section = /## Deploy to Vercel\n([\s\S]*?)\n## /.exec(page)?.[1] ?? ''
  const link = /\((https:\/\/vercel\.com\/new\/clone\?[^)]*)\)/.exec(section)?.[1] ?? ''
  const asked = new URL(link).searchParams.get('env')?.split(',')
  const platform = {
    VERCEL: '1',
    VERCEL_ENV: 'production',
    VERCEL_PROJECT_PRODUCTION_URL: 'usher.vercel.app',
    KV_REST_API_URL: 'https://x.upstash.io',
    KV_REST_API_TOKEN: 'token',
  }
  expect(asked).toEqual(missingOf(platform))

  const example = readFileSync('.env.example', 'utf8')
  const known = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '')
  expect(known).toEqual(expect.arrayContaining(asked ?? ['']))
  expect(known.filter((name) => !section.includes(`\`${name}\``))).toEqual([])
})
