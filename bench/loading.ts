import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { startRedis } from '../test/support/processes.ts'
import { mostMemory } from './most-memory.ts'

const HELP = `npm run bench -- loading
How fast \`npm run new\` loads a file of 10,000, 100,000 and 400,000 rows with seven indexes and words, and the
most memory that it takes: into a Redis, and up to 100,000 rows into the embedded store. That holds all rows in
the memory of whoever has it open; so the last column is what a program takes that opens the store and reads it.`

const SIZES = { redis: [10_000, 100_000, 400_000], embedded: [10_000, 100_000] }
const STATES = ['AK', 'AL', 'AZ', 'CA', 'CO', 'FL', 'GA', 'HI', 'NY', 'TX']

/** A file like that of the airports of America. */
async function writeRows(file: string, rows: number): Promise<void> {
  const stream = createWriteStream(file)
  stream.write('code,name,city,state,country,latitude,longitude\n')
  for (let row = 0; row < rows; row++) {
    const [city, state] = [`City ${row % 2_500}`, STATES[row % STATES.length]]
    const place = `${((row * 7) % 90) + 0.25},${-((row * 11) % 180) - 0.5}`
    const line = `X${row},Airport of ${city} and ${row},${city},${state},USA,${place}\n`
    if (!stream.write(line)) await new Promise<void>((drained) => stream.once('drain', drained))
  }
  stream.end()
  await finished(stream)
}

/** Where the command may write its collection. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'usher-loading-'))
  await mkdir(join(folder, 'lib/collections'), { recursive: true })
  await writeFile(join(folder, 'lib/collections/index.ts'), 'export {}\n')
  return folder
}

async function measure(store: keyof typeof SIZES): Promise<void> {
  for (const rows of SIZES[store]) {
    const folder = await makeFolder()
    const file = join(folder, 'airports.csv')
    await writeRows(file, rows)
    const redis = store === 'redis' ? await startRedis() : undefined
    const env: Record<string, string> =
      redis === undefined ? { USHER_STORE_FOLDER: join(folder, 'store') } : { REDIS_URL: redis.url }
    const begun = performance.now()
    const most = await mostMemory([resolve('dist/new.js'), file], env, folder)
    const seconds = (performance.now() - begun) / 1_000
    const speed = Math.round(rows / seconds)
    const opened = redis === undefined ? await openedMemory(folder, env) : '–'
    console.log(`| ${store} | ${rows} | ${seconds.toFixed(1)} | ${speed} | ${most} | ${opened} |`)
    await redis?.stop()
    await rm(folder, { recursive: true })
  }
}

/** What a backup takes of the embedded store that is there. */
function openedMemory(folder: string, env: Record<string, string>): Promise<number> {
  const words = [resolve('dist/backup.js'), 'backup', join(folder, 'backup.ndjson')]
  return mostMemory(words, env, folder)
}

if (process.argv.includes('--help')) console.log(HELP)
else {
  console.log(
    '| store | rows | seconds, reading twice and deciding included | rows a second | most memory, MB | opened again, MB |',
  )
  console.log('|---|---|---|---|---|---|')
  await measure('redis')
  await measure('embedded')
}
