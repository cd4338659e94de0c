import type { ReactNode } from 'react'
import type { IconName } from './sprite.tsx'

export function Icon({ name, size = 20 }: { name: IconName; size?: 14 | 16 | 20 }): ReactNode {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}
