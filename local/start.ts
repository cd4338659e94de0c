import { type HostKind, run } from './host.ts'
import { seedVolatile } from './seed-local.ts'

const kind: HostKind = process.argv[2] === 'serve' ? 'app' : 'next'

if (process.argv.includes('--help')) {
  console.log(`npm ${kind === 'app' ? 'run serve' : 'start'}: serves on HOST:PORT (127.0.0.1:3000).
All configuration comes from the environment; .env.example describes it.`)
} else {
  const { address } = await run(kind, seedVolatile)
  console.log(`Usher listens on ${address}`)
}
