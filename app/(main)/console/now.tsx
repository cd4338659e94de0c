'use client'
import Link from 'next/link'
import { type ReactNode, useEffect, useState } from 'react'
import type { SecurityEvent } from '@/app/parts/answers.ts'
import { call, type Fault, faultOf, type Page } from '@/app/parts/api.ts'
import { type Metrics, metricsOf } from '@/app/parts/metrics.ts'
import { Empty, Failed, Skeleton } from '@/app/parts/states.tsx'
import { pageClient } from '@/lib/react.tsx'
import { EventList } from './event-list.tsx'
import { Heaviest } from './heaviest.tsx'
import { LivePlot, type Point } from './live-plot.tsx'
import { Operations } from './operations.tsx'

const EVERY_MS = 10_000
const SHOWN_EVENTS = 8
/** Ten minutes of points. */
const MOST_POINTS = 60
const A_MINUTE = 6
/** Longer ago, nobody looked: what came meanwhile was not in ten seconds. */
const LONGEST_GAP_SECONDS = 15
/** Who comes back after a moment adds no point to it. */
const SHORTEST_GAP_SECONDS = 5

interface Look {
  /** Seconds since the epoch. */
  at: number
  metrics: Metrics
  points: readonly Point[]
  events: readonly SecurityEvent[]
}

/** What is going on: asked for every ten seconds, as long as somebody looks; who comes back begins anew. */
export function Now({ hasTop }: { hasTop: boolean }): ReactNode {
  const [look, setLook] = useState<Look>()
  const [fault, setFault] = useState<Fault>()
  const [round, setRound] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round begins again
  useEffect(() => {
    let isCurrent = true
    const ask = async () => {
      if (document.hidden) return
      try {
        const [text, { data: events }] = await Promise.all([
          pageClient()
            .request('/api/metrics')
            .then((response) => response.text()),
          call<Page<SecurityEvent>>('GET', `/api/events?limit=${SHOWN_EVENTS}`),
        ])
        if (!isCurrent) return
        setFault(undefined)
        setLook((before) => next(before, metricsOf(text), events))
      } catch (error) {
        if (isCurrent) setFault(faultOf(error))
      }
    }
    void ask()
    const timer = setInterval(ask, EVERY_MS)
    document.addEventListener('visibilitychange', ask)
    return () => {
      isCurrent = false
      clearInterval(timer)
      document.removeEventListener('visibilitychange', ask)
    }
  }, [round])

  return (
    <>
      <header className="head">
        <div>
          <h1>Now</h1>
          <p>Asked for every 10 seconds, as long as this page is looked at.</p>
        </div>
      </header>
      {fault !== undefined && (
        <section className="panel" aria-label="Failure">
          <Failed what="What is going on" fault={fault} again={() => setRound(round + 1)} />
        </section>
      )}
      {look === undefined ? (
        fault === undefined && <Waiting />
      ) : (
        <Shown look={look} hasTop={hasTop} />
      )}
    </>
  )
}

/** Counters go up alone; one that is lower has begun anew. */
function next(before: Look | undefined, metrics: Metrics, events: SecurityEvent[]): Look {
  const at = Date.now() / 1_000
  if (before === undefined || at - before.at > LONGEST_GAP_SECONDS) {
    return { at, metrics, events, points: [] }
  }
  if (at - before.at < SHORTEST_GAP_SECONDS) return { ...before, events }
  const grown = (of: (metrics: Metrics) => number) => Math.max(0, of(metrics) - of(before.metrics))
  const point: Point = {
    at,
    requests: grown(({ requests }) => requests),
    denied: grown(({ denied }) => denied),
    failures: grown(({ failures }) => failures),
  }
  return { at, metrics, events, points: [...before.points, point].slice(-MOST_POINTS) }
}

function Waiting(): ReactNode {
  return (
    <div className="panel now-waiting">
      <Skeleton rows={12} columns={4} />
    </div>
  )
}

function Shown({
  look: { metrics, points, events },
  hasTop,
}: {
  look: Look
  hasTop: boolean
}): ReactNode {
  const last = points.slice(-A_MINUTE)
  const lately = (of: (point: Point) => number) => last.reduce((sum, point) => sum + of(point), 0)
  const hint = points.length === 0 ? 'the first comes in 10 s' : `in the last ${last.length * 10} s`
  const recent = (count: number) => (points.length === 0 ? '…' : count.toLocaleString('en'))
  return (
    <>
      <section className="panel" aria-labelledby="lately">
        <dl className="figures">
          <Figure word="Requests" value={recent(lately(({ requests }) => requests))} hint={hint} />
          <Figure word="Denied (429)" value={recent(lately(({ denied }) => denied))} hint={hint} />
          <Figure
            word="Failures (5xx)"
            value={recent(lately(({ failures }) => failures))}
            hint={hint}
          />
          <Figure
            word="Requests, all"
            value={metrics.requests.toLocaleString('en')}
            hint={`since counting began; ${metrics.denied.toLocaleString('en')} denied, ${metrics.failedSignIns.toLocaleString('en')} sign-ins failed`}
          />
        </dl>
        <hr />
        <div className="panel-body">
          <h2 id="lately">Requests in 10 seconds</h2>
          <LivePlot points={points} />
          <p className="muted">{sentenceOf(points)}</p>
        </div>
      </section>
      {hasTop && <Heaviest />}
      <section className="panel" aria-labelledby="events">
        <div className="panel-row">
          <h2 id="events" className="grow">
            Events
          </h2>
          <Link className="row-link" href="/console/events" prefetch={false}>
            All events
          </Link>
        </div>
        {events.length === 0 ? (
          <Empty icon="list" title="No events yet">
            Sign-ins, changes of accounts and keys, and what was refused are told here.
          </Empty>
        ) : (
          <EventList events={events} />
        )}
      </section>
      <Operations operations={metrics.operations} />
    </>
  )
}

/** What the plot shows, in words. */
function sentenceOf(points: readonly Point[]): string {
  if (points.length === 0) return 'The plot begins with the next look, in 10 seconds.'
  const most = points.reduce((best, point) => (point.requests > best.requests ? point : best))
  const all = points.reduce((sum, { requests }) => sum + requests, 0)
  const denied = points.reduce((sum, point) => sum + point.denied, 0)
  return `${all.toLocaleString('en')} requests in ${minutesOf(points)}, ${denied.toLocaleString('en')} of them denied; ${most.requests.toLocaleString('en')} in the busiest 10 seconds.`
}

function minutesOf(points: readonly Point[]): string {
  const seconds = points.length * 10
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`
}

function Figure({ word, value, hint }: { word: string; value: string; hint: string }): ReactNode {
  return (
    <div>
      <dt>{word}</dt>
      <dd>
        {value}
        <span className="hint">{hint}</span>
      </dd>
    </div>
  )
}
