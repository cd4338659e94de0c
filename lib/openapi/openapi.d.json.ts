/** Made from the code by whatever builds: it is no part of the repository. */
declare const document: Record<string, unknown>
export default document
