import type { ReactNode } from 'react'

const NEAR = 0.8

/** How much of a quota is used: a share, and both numbers. */
export function Meter({
  label,
  used,
  limit,
}: {
  label: string
  used: number
  limit: number
}): ReactNode {
  const share = Math.min(1, used / limit)
  const tone = share >= 1 ? 'danger' : share >= NEAR ? 'warn' : undefined
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter element looks different in every browser
    <svg
      className="meter"
      data-tone={tone}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={limit}
      aria-valuenow={Math.min(used, limit)}
      aria-valuetext={`${used.toLocaleString('en')} of ${limit.toLocaleString('en')}`}
    >
      <rect width={`${share * 100}%`} height="100%" />
    </svg>
  )
}
