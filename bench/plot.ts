import { type Cell, type Measure, type Results, type Spread, spreadOf } from './results.ts'

interface Panel {
  title: string
  cell: Cell
  measure: Measure
  unit: string
}

const PANELS: readonly Panel[] = [
  {
    title: 'Get a film, 32 connections: requests per second (more is better)',
    cell: { job: 'get', connections: 32, delayMs: 0 },
    measure: 'requestsPerSecond',
    unit: '/s',
  },
  {
    title: 'List 50 films, 32 connections: requests per second (more is better)',
    cell: { job: 'list', connections: 32, delayMs: 0 },
    measure: 'requestsPerSecond',
    unit: '/s',
  },
  {
    title: 'Get a film, 25 ms to the store, 4 connections: median ms (less is better)',
    cell: { job: 'get', connections: 4, delayMs: 25 },
    measure: 'p50Ms',
    unit: ' ms',
  },
]

const WIDTH = 720
const MARGIN = 24
const NAMES = 140
const VALUES = 72
const ROW = 22
const BAR = 14
const HEAD = 34

/** Bars on a ground of their own, in the reader's colours: legible wherever the picture is shown. */
const STYLE = `
  .ground { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-weight: 600 }
  .usher { fill: #0b62c4 }
  .peer { fill: #8a939c }
  .range { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #3d444d }
    text { fill: #e6edf3 }
    .usher { fill: #4c9aff }
    .peer { fill: #6e7781 }
    .range { stroke: #e6edf3 }
  }`

/** Three panels of bars: medians, with a line from the least to the most of the rounds. */
export function plot(results: Results, ushers: readonly string[]): string {
  const told: string[] = []
  let y = MARGIN
  const drawn = PANELS.map((panel) => {
    const bars = results.subjects.flatMap((name) => {
      const found = spreadOf(results, name, panel.cell, panel.measure)
      return found === undefined ? [] : [{ name, found }]
    })
    if (bars.length === 0) return ''
    told.push(
      `${panel.title}: ${bars.map(({ name, found }) => `${name} ${label(found, panel)}`).join(', ')}.`,
    )
    const most = Math.max(...bars.map(({ found }) => found.max))
    const top = y
    y += HEAD + bars.length * ROW + 10
    const rows = bars.map(({ name, found }, index) =>
      row(name, found, panel, top + HEAD + index * ROW, most, ushers.includes(name)),
    )
    return [
      `<text class="title" x="${MARGIN}" y="${top + 14}">${panel.title}</text>`,
      ...rows,
    ].join('\n')
  })
  const height = y + 6
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title desc">
<title id="title">Usher beside other frameworks doing the same job</title>
<desc id="desc">${told.join(' ')}</desc>
<style>${STYLE}
</style>
<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6"/>
${drawn.filter((panel) => panel !== '').join('\n')}
</svg>
`
}

function row(
  name: string,
  found: Spread,
  panel: Panel,
  y: number,
  most: number,
  isUsher: boolean,
): string {
  const left = MARGIN + NAMES
  const at = (value: number): string =>
    (left + (value / most) * (WIDTH - 2 * MARGIN - NAMES - VALUES)).toFixed(1)
  const middle = y + BAR / 2
  return [
    `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${isUsher ? `Usher, ${name}` : name}</text>`,
    `<rect class="${isUsher ? 'usher' : 'peer'}" x="${left}" y="${y}" width="${(Number(at(found.median)) - left).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<line class="range" x1="${at(found.min)}" x2="${at(found.max)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${WIDTH - MARGIN}" y="${y + 12}" text-anchor="end">${label(found, panel)}</text>`,
  ].join('\n')
}

function label({ median }: Spread, { unit }: Panel): string {
  return `${median.toFixed(median < 100 ? 1 : 0)}${unit}`
}
