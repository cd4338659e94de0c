import { cpSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect } from '@playwright/test'
import { runProgram } from './processes.ts'

/** What a container of a Dockerfile would start, in a folder instead of an image. */
export interface Image {
  /** Where its program runs. */
  folder: string
  environment: Record<string, string>
  user: string
  command: string[]
  healthCheck: string[]
}

/** One stage: a folder that stands for its `/`, and what was said of it so far. */
interface Stage extends Image {
  root: string
}

/**
 * Does the steps of a Dockerfile without a container: each stage is a folder, and `RUN` runs in it.
 * It knows the instructions that ours uses, and refuses others.
 *
 * @param folder An empty folder for the stages.
 * @param instead What is done in the stage's folder in the place of a `RUN` of these words.
 */
export async function followDockerfile(
  folder: string,
  instead: Readonly<Record<string, (folder: string) => void>>,
): Promise<Image> {
  const stages = new Map<string, Stage>()
  let stage = emptyStage(folder)
  for (const [instruction, words] of instructions(readFileSync('Dockerfile', 'utf8'))) {
    switch (instruction) {
      case 'FROM': {
        const name = / AS (\w+)$/.exec(words)?.[1] ?? 'last'
        stage = emptyStage(join(folder, name))
        stages.set(name, stage)
        break
      }
      case 'WORKDIR':
        stage.folder = join(stage.root, words)
        mkdirSync(stage.folder, { recursive: true })
        break
      case 'ENV':
        for (const pair of words.split(' ')) {
          const [name = '', value = ''] = pair.split('=')
          stage.environment[name] = value
        }
        break
      case 'COPY':
        copy(words, stage, stages)
        break
      case 'RUN': {
        const replacement = instead[words]
        if (replacement !== undefined) {
          replacement(stage.folder)
          break
        }
        const { PATH, HOME } = process.env
        const script = `cd '${stage.folder}' && ${words}`
        // The environment of the tests says production, a stage that builds does not.
        const env = { PATH, HOME, NODE_ENV: undefined, ...stage.environment }
        const { code, output } = await runProgram('bash', ['-c', script], env)
        expect(code, `${words}\n${output}`).toBe(0)
        break
      }
      case 'USER':
        stage.user = words
        break
      case 'EXPOSE':
        break
      case 'HEALTHCHECK':
        stage.healthCheck = JSON.parse(words.slice(words.indexOf(' CMD ') + 5))
        break
      case 'CMD':
        stage.command = JSON.parse(words)
        break
      default:
        throw new Error(`This test does not know ${instruction}.`)
    }
  }
  return stage
}

function emptyStage(root: string): Stage {
  return { root, folder: root, environment: {}, user: 'root', command: [], healthCheck: [] }
}

function instructions(text: string): [instruction: string, words: string][] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [instruction = '', ...words] = line.split(' ')
    return [instruction, words.join(' ')]
  })
}

/** `COPY` from this repository, without what `.dockerignore` names, or from another stage. */
function copy(words: string, stage: Stage, stages: ReadonlyMap<string, Stage>): void {
  const from = /^--from=(\w+) /.exec(words)?.[1]
  const sources = words.replace(/^--from=\w+ /, '').split(' ')
  const target = sources.pop() ?? ''
  for (const source of sources) {
    const origin = from === undefined ? source : join(stages.get(from)?.root ?? '', source)
    const into = target.endsWith('/') && source !== '.' ? join(target, basename(source)) : target
    const destination = join(stage.folder, into)
    if (from === undefined) {
      cpSync(origin, destination, { recursive: true, filter: (path) => !isIgnored(path) })
      continue
    }
    // Moved, because no other stage takes it: copying the packages takes a minute.
    mkdirSync(dirname(destination), { recursive: true })
    renameSync(origin, destination)
  }
}

const IGNORED = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => new RegExp(`^${line.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`))

function isIgnored(path: string): boolean {
  return IGNORED.some((pattern) => pattern.test(path))
}
