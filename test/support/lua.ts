import luaparse, { type Node } from 'luaparse'

/** What a Lua text does with names. */
export interface LuaNames {
  /** Names that it reads or sets without declaring them. */
  globals: Set<string>
  /** Local variables and functions, by their name: how often each declaration is read or set. */
  locals: { name: string; uses: number }[]
}

interface Local {
  name: string
  uses: number
}

/**
 * Resolves the names of a Lua text by Lua's own rules: a local is known from its statement on, to the
 * end of its block, and a parameter in its function.
 *
 * @throws SyntaxError for a text that is no Lua 5.1.
 */
export function namesOf(code: string): LuaNames {
  const globals = new Set<string>()
  const locals: Local[] = []
  const scopes: Map<string, Local>[] = [new Map()]

  const declare = (identifier: unknown): void => {
    if (!isNode(identifier) || identifier.type !== 'Identifier') return
    const local = { name: String(identifier['name']), uses: 0 }
    locals.push(local)
    scopes.at(-1)?.set(local.name, local)
  }
  const use = (name: string): void => {
    const known = scopes.findLast((scope) => scope.has(name))?.get(name)
    if (known === undefined) globals.add(name)
    else known.uses++
  }
  const block = (variables: unknown, body: unknown): void => {
    scopes.push(new Map())
    for (const variable of toList(variables)) declare(variable)
    visit(body)
    scopes.pop()
  }
  const visit = (value: unknown): void => {
    for (const each of toList(value)) visit(each)
    if (!isNode(value)) return
    switch (value.type) {
      case 'Identifier':
        use(String(value['name']))
        break
      case 'MemberExpression':
        visit(value['base'])
        break
      case 'TableKeyString':
        visit(value['value'])
        break
      case 'LocalStatement':
        visit(value['init'])
        for (const variable of toList(value['variables'])) declare(variable)
        break
      case 'FunctionDeclaration':
        if (value['isLocal'] === true) declare(value['identifier'])
        else visit(value['identifier'])
        block(value['parameters'], value['body'])
        break
      case 'ForNumericStatement':
        visit([value['start'], value['end'], value['step']])
        block([value['variable']], value['body'])
        break
      case 'ForGenericStatement':
        visit(value['iterators'])
        block(value['variables'], value['body'])
        break
      case 'RepeatStatement':
        // The condition still knows the block's own variables.
        block([], [value['body'], value['condition']])
        break
      case 'DoStatement':
      case 'WhileStatement':
      case 'IfClause':
      case 'ElseifClause':
      case 'ElseClause':
        visit(value['condition'])
        block([], value['body'])
        break
      default:
        for (const [member, each] of Object.entries(value)) if (member !== 'type') visit(each)
    }
  }
  visit(luaparse.parse(code, { luaVersion: '5.1' }))
  return { globals, locals }
}

function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value
}
