// Signs in, reads, and pages through a list. Run it while `npm run up` serves:
//   npx esbuild examples/node.ts --bundle --platform=node --format=esm --outfile=example.mjs
//   node example.mjs http://127.0.0.1:3000
import { UsherClient, UsherProblem } from '../lib/client.ts'

const usher = new UsherClient({ url: process.argv[2] ?? 'http://127.0.0.1:3000' })

const { user } = await usher.signIn('me@home.org', 'password')
console.log(`signed in as ${user}`)

const film = await usher.get('movies', 'Pulp Fiction')
console.log(`${film.id} is by ${film.director}`)

let count = 0
for await (const book of usher.items('books', { sort: 'year', limit: 5 })) {
  if (count++ === 0) console.log(`the oldest book: ${book.title}`)
}
console.log(`${count} books`)

try {
  await usher.get('movies', 'A film that is not there')
} catch (error) {
  if (error instanceof UsherProblem) console.log(`${error.status} ${error.code}`)
}
await usher.signOut()
