/**
 * Stands in for `@upstash/core-analytics` in the functions at the edge: quotas are counted with
 * `analytics: false`, but the library imports its analytics all the same.
 */
export class Analytics {
  constructor() {
    throw new TypeError('analytics are not part of this build')
  }
}
