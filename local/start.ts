import { announceStore } from './announce.ts'
import { run, runWorkerd } from './host.ts'
import { startNextWorkerd } from './next-workerd.ts'
import { storeFolder } from './store.ts'
import { startWorkerd } from './workerd.ts'

const HOSTS = {
  start: { command: 'npm start', serve: () => run('next') },
  serve: { command: 'npm run serve', serve: () => run('app') },
  workerd: {
    command: 'npm run workerd',
    serve: () => runWorkerd((options) => startWorkerd({ module: 'dist/worker.js', ...options })),
  },
  'next-workerd': {
    command: 'npm run next-workerd',
    serve: () => runWorkerd(startNextWorkerd),
  },
}
const host = HOSTS[process.argv[2] as keyof typeof HOSTS]

const { address, gateway } = await host.serve()
if (gateway?.kept !== undefined) {
  const name = 'the embedded store'
  await announceStore({ ...gateway, name, by: host.command, local: true }, storeFolder(process.env))
  console.log(`The store is the embedded one, kept in ${gateway.kept}.`)
}
console.log(`Usher listens on ${address}`)
