/** Made from the code by whatever builds: it is no part of the repository. */
declare const document: {
  info: Record<string, unknown>
  paths: Record<string, Record<string, { summary: string; description: string }>>
  [member: string]: unknown
}
export default document
