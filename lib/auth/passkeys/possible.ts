/**
 * Whether browsers make passkeys for an origin: the id of a relying party is a domain, which an IP address
 * is not.
 *
 * @param origin As the settings have it: the URL parser has written it in its one spelling.
 * @see [WebAuthn Level 3 §5.1.3](https://www.w3.org/TR/webauthn-3/#sctn-createCredential), step 7
 */
export function passkeysPossible(origin: string): boolean {
  const { hostname } = new URL(origin)
  return !/^(\[|\d+(\.\d+){3}$)/.test(hostname)
}
