import { execFileSync } from 'node:child_process'
import { expect, test } from '@playwright/test'
import { LANGUAGES, type SampleCall, sample } from './samples.ts'

const READ: SampleCall = {
  method: 'GET',
  url: 'https://api.example.com/api/albums?limit=1',
  credential: 'none',
  answers: true,
}
const MAKE: SampleCall = {
  method: 'POST',
  url: 'https://api.example.com/api/albums',
  credential: 'key',
  body: { title: `It's "true", $HOME and null`, live: true, label: null },
  answers: true,
}

test('a call that nobody signs in for is one line', () => {
  expect(LANGUAGES.map((language) => sample(language, READ))).toEqual([
    'curl "https://api.example.com/api/albums?limit=1"',
    "const response = await fetch('https://api.example.com/api/albums?limit=1')\nconst answer = await response.json()",
    'import requests\n\nanswer = requests.get(\n    "https://api.example.com/api/albums?limit=1",\n).json()',
  ])
})

test('a shell hands the body of a curl on as it is, quotes and dollars too', () => {
  const line = sample('curl', MAKE).replace(/^curl/, 'printf "%s\\n"')
  const words = execFileSync('sh', ['-c', line], {
    env: { ...process.env, API_KEY: 'a-key' },
    encoding: 'utf8',
  })
  const [, , url, , key, , type, , body] = words.split('\n')
  expect([url, key, type]).toEqual([MAKE.url, 'X-API-Key: a-key', 'Content-Type: application/json'])
  expect(JSON.parse(body ?? '')).toEqual(MAKE.body)
})

test('JavaScript and Python send the same body, each in its own words', () => {
  const script = sample('JavaScript', MAKE)
  const literal = /JSON\.stringify\(([\s\S]*?)\),\n\}\)/.exec(script)?.[1] ?? ''
  expect(new Function(`return ${literal}`)()).toEqual(MAKE.body)
  expect(script).toContain("headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' }")

  const python = sample('Python', MAKE)
  expect(python).toContain('"live": True,')
  expect(python).toContain('"label": None')
  // A word within a text is no word of Python.
  expect(python).toContain(String.raw`\"true\", $HOME and null`)
})

test('where nothing comes back nothing is read', () => {
  const gone: SampleCall = { ...READ, method: 'DELETE', credential: 'token', answers: false }
  expect(sample('JavaScript', gone)).not.toContain('response.json()')
  expect(sample('Python', gone)).not.toContain('.json()')
  expect(sample('JavaScript', gone)).toContain('Authorization: `Bearer ${' + 'jwt}`')
})
