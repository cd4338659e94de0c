/** What this service asks of a new password. */
export interface PasswordRules {
  /** Characters at least: 8 or more. */
  minLength: number
  /** What the service is called, and its host: a guesser knows their words. */
  serviceNames: readonly string[]
}
