import { run, runWorkerd } from './host.ts'
import { startNextWorkerd } from './next-workerd.ts'
import { seedVolatile } from './seed-local.ts'
import { startWorkerd } from './workerd.ts'

const HOSTS = {
  start: { command: 'npm start', serve: () => run('next', seedVolatile) },
  serve: { command: 'npm run serve', serve: () => run('app', seedVolatile) },
  workerd: {
    command: 'npm run workerd',
    serve: () =>
      runWorkerd((options) => startWorkerd({ module: 'dist/worker.js', ...options }), seedVolatile),
  },
  'next-workerd': {
    command: 'npm run next-workerd',
    serve: () => runWorkerd(startNextWorkerd, seedVolatile),
  },
}
const host = HOSTS[process.argv[2] as keyof typeof HOSTS]

if (process.argv.includes('--help')) {
  console.log(`${host.command}: serves on HOST:PORT (127.0.0.1:3000).
All configuration comes from the environment; .env.example describes it.`)
} else {
  const { address } = await host.serve()
  console.log(`Usher listens on ${address}`)
}
