/** Whether an origin can have passkeys: an RP id is a name, and no IP address (WebAuthn Level 3 §5.1.2). */
export function passkeysPossible(origin: string): boolean {
  return !/^(\[.*\]|[\d.]+)$/.test(new URL(origin).hostname)
}
