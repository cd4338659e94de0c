/** The body of signin and refresh. Lifetimes in seconds. */
export interface TokenResponse {
  message: 'Logged in' | 'Token Refreshed'
  content: { user: string; level: number }
  JWT: string
  refresh: string
  tokenType: 'Bearer'
  expiresIn: number
  refreshExpiresIn: number
}
