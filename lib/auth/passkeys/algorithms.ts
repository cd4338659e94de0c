/** EdDSA, ES256 and RS256, by their numbers of COSE: what every authenticator has one of. */
export const ALGORITHMS = [-8, -7, -257] as const
