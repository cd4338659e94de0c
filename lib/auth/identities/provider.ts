/** A service that says who somebody is, as the environment names it. */
export interface Provider {
  /** In paths and in keys: the name of its variables, in lower case. */
  id: string
  /** What people read. */
  name: string
  /** GitHub speaks OAuth 2.0 alone: who somebody is stands in answers of its API, and not in an ID token. */
  protocol: 'openid' | 'github'
  /** An OpenID Connect issuer, or where a GitHub server is. */
  issuer: string
  clientId: string
  clientSecret: string
}

/** Whether an identity joins an account of the same confirmed address by itself. */
export type Linking = 'verified' | 'never'

/** What is known of two providers. Any other name is an OpenID Connect issuer of the environment. */
export const KNOWN_PROVIDERS: Readonly<
  Record<string, Pick<Provider, 'name' | 'protocol' | 'issuer'>>
> = {
  github: { name: 'GitHub', protocol: 'github', issuer: 'https://github.com' },
  google: { name: 'Google', protocol: 'openid', issuer: 'https://accounts.google.com' },
}
