/**
 * How long a claim keeps an index from other declarations. Two versions of the service that run side by
 * side take an index from each other no more often than this.
 */
export const CLAIM_HOLDS_MS = 60_000
