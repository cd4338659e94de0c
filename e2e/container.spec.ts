import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Variables } from '../lib/settings/types.ts'
import { followDockerfile, type Image } from '../test/support/dockerfile.ts'
import { expect, test } from '../test/support/fixtures.ts'
import { freePort, type Program, runProgram, startProgram } from '../test/support/processes.ts'
import { serverEnvironment } from '../test/support/start-api.ts'

/** A stage that builds is no production yet. */
const BUILD = ['-u', 'NODE_ENV', 'npm', 'run', 'build']

/** The user `node` of Node's images. */
const NODE_USER = 1_000

test.describe('the Dockerfile, step by step without a container', () => {
  test.describe.configure({ mode: 'serial' })
  let folder: string
  let image: Image
  let program: Program
  let port: number
  let installed = false
  /** Files of the repository that are not there when it builds. */
  let leftOut: string[] = []

  test.beforeAll(async () => {
    // It copies the packages and prunes.
    test.setTimeout(600_000)
    folder = await mkdtemp(join(tmpdir(), 'usher-container-'))
    chmodSync(folder, 0o755)
    const builds = process.env['HOSTS'] === 'all'
    image = await followDockerfile(folder, {
      // What it would download is here.
      'npm ci': (stage) => {
        installed = true
        execFileSync('cp', ['-a', 'node_modules', stage])
      },
      // It would build what these tests run on, where it has the same files: a build takes a minute and a half.
      'npm run build': (stage) => {
        const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n')
        leftOut = files.filter((file) => existsSync(file) && !existsSync(join(stage, file)))
        if (builds) execFileSync('env', BUILD, { cwd: stage, stdio: 'ignore' })
        else execFileSync('cp', ['-a', '.next', 'dist', stage])
      },
      // There need not be a user `node` here.
      'mkdir -m 700 .usher && chown node: .usher': (stage) => {
        const folder = join(stage, '.usher')
        mkdirSync(folder, { mode: 0o700 })
        if (process.getuid?.() === 0) chownSync(folder, NODE_USER, NODE_USER)
      },
    })
    port = await freePort()
    const [command = '', ...args] = image.command
    program = await startProgram(command, args, environment(), /Usher listens on/, asUser())
  })
  test.afterAll(async () => {
    await program?.stop()
    await rm(folder, { recursive: true })
  })

  function environment(): Variables {
    const env = { USHER_STORE: 'embedded' }
    // Who starts an image says what stands in its place, as the port.
    return { ...image.environment, ...serverEnvironment({ port, env }) }
  }

  /** Who is root here may run it as the user that the image names. */
  function asUser(): { cwd: string; uid?: number } {
    const { folder: cwd } = image
    return process.getuid?.() === 0 ? { cwd, uid: NODE_USER } : { cwd }
  }

  test('it installs from the lock file, builds from all the sources, and carries no development packages', () => {
    expect(installed).toBe(true)
    expect(leftOut).toEqual(['.dockerignore', '.env.example', 'Dockerfile'])
    expect(existsSync(join(image.folder, 'node_modules', 'next'))).toBe(true)
    for (const name of ['typescript', 'workerd', '@biomejs/biome']) {
      expect(existsSync(join(image.folder, 'node_modules', name)), name).toBe(false)
    }
  })

  test('it starts as another user than root, on every address, and answers', async () => {
    expect(image.user).toBe('node')
    expect(program.output()).toContain(`http://0.0.0.0:${port}`)
    const response = await fetch(`http://127.0.0.1:${port}/api/health`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  test('its health check says whether it answers', async () => {
    const [command = '', ...args] = image.healthCheck
    const check = (at: number) =>
      runProgram(command, args, { ...environment(), PORT: String(at) }, asUser())
    expect(await check(port)).toEqual({ code: 0, output: '' })
    expect((await check(await freePort())).code).toBe(1)
  })
})
