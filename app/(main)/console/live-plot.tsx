'use client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'

/** What came in one look of ten seconds. */
export interface Point {
  /** Seconds since 1970. */
  at: number
  requests: number
  denied: number
  failures: number
}

const HEIGHT = 220
const WINDOW_SECONDS = 600
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** Requests as they come; denied and failed below them. The words around it say the same. */
export function LivePlot({ points }: { points: readonly Point[] }): ReactNode {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const newest = useRef(points)
  newest.current = points
  const theme = useTheme()

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const made = new uPlot(optionsFor(element), dataOf(newest.current), element)
    plot.current = made
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [theme])

  useEffect(() => plot.current?.setData(dataOf(points)), [points])

  return <div className="live-plot" ref={place} aria-hidden="true" />
}

function dataOf(points: readonly Point[]): uPlot.AlignedData {
  return [
    points.map(({ at }) => at),
    points.map(({ requests }) => requests),
    points.map(({ denied }) => denied),
    points.map(({ failures }) => failures),
  ]
}

function optionsFor(element: HTMLElement): uPlot.Options {
  const colour = (name: string): string => {
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    element.append(probe)
    const { color } = getComputedStyle(probe)
    probe.remove()
    return color
  }
  const { fontFamily } = getComputedStyle(element)
  const axis = {
    stroke: colour('--ink-3'),
    font: `12px ${fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  }
  const line = (label: string, name: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
    label,
    stroke: colour(name),
    width: 2,
    points: { show: false },
    ...more,
  })
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { live: false },
    cursor: { show: false },
    scales: {
      x: {
        range: () => {
          const now = Date.now() / 1_000
          return [now - WINDOW_SECONDS, now]
        },
      },
      y: { range: (_, __, most) => [0, Math.max(5, most * 1.1)] },
    },
    axes: [
      { ...axis, values: (_, seconds) => seconds.map((at) => CLOCK.format(at * 1_000)) },
      { ...axis, size: 48 },
    ],
    series: [
      {},
      line('Requests', '--accent-graphic', { fill: colour('--accent-soft') }),
      line('Denied', '--warn', { dash: [6, 4] }),
      line('Failures', '--danger', { dash: [2, 3] }),
    ],
  }
}

/** Changes with the theme of the page. */
function useTheme(): string {
  const [theme, setTheme] = useState('')
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const root = document.documentElement
    const read = () => setTheme(`${root.dataset['theme'] ?? ''} ${dark.matches}`)
    read()
    dark.addEventListener('change', read)
    const observer = new MutationObserver(read)
    observer.observe(root, { attributeFilter: ['data-theme'] })
    return () => {
      dark.removeEventListener('change', read)
      observer.disconnect()
    }
  }, [])
  return theme
}
