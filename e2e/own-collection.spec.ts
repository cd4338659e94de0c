import { Api } from '../test/support/api.ts'
import { makeClone } from '../test/support/clone.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, type Program, runProgram, startProgram } from '../test/support/processes.ts'
import { startApi } from '../test/support/start-api.ts'

const { PATH, HOME } = process.env

/** Whether the served document has the collection that was added. */
async function isDescribed(api: Api): Promise<boolean> {
  const { body } = await api.get('/api/openapi.json')
  return Object.hasOwn(body.paths, '/api/albums/{id}')
}

test('what is built serves a document with a collection that was added before, and nobody was asked to make it', async () => {
  const clone = await makeClone()
  let program: Program | undefined
  try {
    await clone.addAlbums()
    const run = ['local/run.mjs']
    const built = await runProgram(
      process.execPath,
      [...run, 'bundle'],
      { PATH },
      { cwd: clone.folder },
    )
    expect(built.code, built.output).toBe(0)
    const env = { USHER_STORE: 'embedded' }
    const server = await startApi({ host: 'serve', env, place: { cwd: clone.folder } })
    program = server
    expect(await isDescribed(server.api)).toBe(true)
  } finally {
    await program?.stop()
    await clone.remove()
  }
})

test('npm run dev serves and describes a collection that is added while it runs', async () => {
  const clone = await makeClone()
  let program: Program | undefined
  try {
    const port = await freePort()
    const api = new Api(`http://127.0.0.1:${port}`)
    const env = { PATH, HOME, PORT: String(port), NODE_ENV: 'development' }
    const args = ['local/run.mjs', 'dev']
    program = await startProgram(process.execPath, args, env, /Usher listens on/, {
      cwd: clone.folder,
    })
    expect((await api.get('/api/albums')).status).toBe(404)
    expect(await isDescribed(api)).toBe(false)
    await clone.addAlbums()
    const patience = { timeout: 60_000 }
    const status = async (): Promise<number> => (await api.get('/api/albums')).status
    await expect.poll(status, patience).toBe(401)
    await expect.poll(() => isDescribed(api), patience).toBe(true)
  } finally {
    await program?.stop()
    await clone.remove()
  }
})
