/** The package has no types. What Node imports is its CommonJS module. */
declare module 'workerd' {
  /** `default` is the path of the program. */
  const workerd: { default: string }
  export default workerd
}
