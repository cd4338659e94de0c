/** The package has no types. */
declare module 'luaparse' {
  /** A node of the syntax tree: its kind, and members that are nodes, lists of nodes or plain values. */
  export interface Node {
    type: string
    [member: string]: unknown
  }
  export function parse(code: string, options: { luaVersion: '5.1' }): Node
}
