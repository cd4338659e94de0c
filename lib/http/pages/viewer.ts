import type { PageDeps } from '../../deps/pages.ts'
import { cookies } from '../credentials/cookies.ts'

/** Who looks at a page, as the cookies say; the level is not known where only the refresh cookie is good. */
export interface Viewer {
  user: string
  level: number | undefined
}

/**
 * Finds out who looks at a page, by verified cookies alone and without I/O. It decides what a page
 * shows around its data: the API proves the session again wherever data is read.
 *
 * @returns Undefined for nobody.
 */
export async function viewerOf(
  headers: Headers,
  deps: Pick<PageDeps, 'accessTokens' | 'refreshTokens' | 'cookies' | 'now'>,
): Promise<Viewer | undefined> {
  const authentication = await cookies(headers, deps)?.check(deps.now())
  switch (authentication?.status) {
    case 'valid':
      return { user: authentication.claims.user, level: authentication.claims.level }
    case 'renewable':
      return { user: authentication.claims.user, level: undefined }
    default:
      return undefined
  }
}
