import { measureGrowth } from './growth.ts'

const HELP = `npm run bench -- scale [serve|start]

What a read costs with 4, 1,000, 100,000 and 1,000,000 films, and with 1,000,000 keys besides that are
nobody's: trips, commands, p50 in milliseconds, and the memory of the indexes for each film.`

const SIZES = [4, 1_000, 100_000, 1_000_000]
const UNRELATED = 1_000_000

if (process.argv.includes('--help')) console.log(HELP)
else {
  console.log('| films | other keys | read | p50 ms | items | waited for | index bytes a film |')
  console.log('|---|---|---|---|---|---|---|')
  const host = process.argv.includes('start') ? 'start' : 'serve'
  await measureGrowth(host, SIZES, UNRELATED, (row) => {
    const { films, others, read, p50Ms, items, cost, bytesPerFilm } = row
    const cells = [
      films,
      others,
      read,
      p50Ms.toFixed(2),
      items,
      cost,
      bytesPerFilm?.toFixed(0) ?? '',
    ]
    console.log(`| ${cells.join(' | ')} |`)
  })
}
