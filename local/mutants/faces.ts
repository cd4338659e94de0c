import { type Mutant, mutant } from './mutant.ts'

/** Faults in GraphQL and in the tools for agents: who may, what it costs, what is said. */
export const FACES: readonly Mutant[] = [
  mutant(
    'a query is begun whatever it costs',
    'lib/graphql/cost.ts',
    'if (this.cost > MOST_COST)',
    'if (this.cost > MOST_COST * 1_000)',
    'lib/graphql/cost.test.ts',
  ),
  mutant(
    'a list in a list counts once',
    'lib/graphql/cost.ts',
    "reads === 'list' ? this.#limitOf(field) : most",
    "reads === 'list' ? 1 : most",
    'lib/graphql/cost.test.ts',
  ),
  mutant(
    'a fragment with the name of the schema costs nothing',
    'lib/graphql/cost.ts',
    'if (fragment === undefined ||',
    "if (fragment === undefined || name === '__schema' ||",
    'lib/graphql/cost.test.ts',
  ),
  mutant(
    'each read of a level is a trip of its own',
    'lib/graphql/gathering.ts',
    'every(({ waiting }) => waiting > 0)',
    'some(({ waiting }) => waiting > 0)',
    'lib/http/graphql.test.ts',
  ),
  mutant(
    'a dear query counts as one request',
    'lib/http/graphql.ts',
    'Math.ceil(cost / COST_OF_A_REQUEST)',
    'Math.min(1, cost / COST_OF_A_REQUEST)',
    'lib/http/graphql.test.ts',
  ),
  mutant(
    'an ended session reads what is public by GraphQL',
    'lib/http/graphql.ts',
    'const failure = refused ?? (proof?.ok === false ? proof : context.refused)',
    'const failure = refused',
    'lib/http/graphql.test.ts',
  ),
  mutant(
    'an error guesses names of the schema',
    'lib/http/graphql.ts',
    "replace(/ Did you mean .*$/s, '')",
    "replace(/ Did you never mean .*$/s, '')",
    'lib/http/graphql.test.ts',
  ),
  mutant(
    'a tool that is not the caller’s is told apart from one that there is not',
    'lib/http/mcp.ts',
    "if (code === 'insufficient-scope' ||",
    "if (code === 'conflict' ||",
    'lib/http/mcp.test.ts',
  ),
  mutant(
    'an API key has the tools of its owner',
    'lib/http/standing.ts',
    'scopes === undefined ||',
    'scopes !== undefined ||',
    'lib/http/mcp.test.ts',
  ),
  mutant(
    'a header field may name another tool than the body',
    'lib/mcp/protocol.ts',
    'if (decoded(header) === name)',
    'if (decoded(header) !== undefined)',
    'lib/http/mcp.test.ts',
  ),
  mutant(
    'a page of any origin calls tools',
    'lib/http/mcp.ts',
    'sender !== null && sender !== origin',
    "sender === 'null' && sender !== origin",
    'lib/http/mcp.test.ts',
  ),
  mutant(
    'an act goes by another level than its own',
    'lib/http/admission.ts',
    'const needed = accessOf(row, match.collection)',
    "const needed = row.action === 'update' ? 'public' : accessOf(row, match.collection)",
    'lib/http/one-policy.test.ts',
  ),
]
