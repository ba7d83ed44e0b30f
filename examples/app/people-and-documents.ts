import type { Tables } from './tables.ts'

export const ACCOUNTS: Tables['accounts'][] = [
  { id: 'acme', name: 'Acme' },
  { id: 'globex', name: 'Globex' },
]

export const USERS: Tables['users'][] = [
  { id: 'ada', account_id: 'acme', email: 'ada@acme.example', name: 'Ada', is_admin: 0 },
  { id: 'ben', account_id: 'acme', email: 'ben@acme.example', name: 'Ben', is_admin: 0 },
  { id: 'cleo', account_id: 'acme', email: 'cleo@acme.example', name: 'Cleo', is_admin: 1 },
  { id: 'dora', account_id: 'globex', email: 'dora@globex.example', name: 'Dora', is_admin: 0 },
  { id: 'emil', account_id: 'globex', email: 'emil@globex.example', name: 'Emil', is_admin: 1 },
  // Somebody without an account.
  { id: 'finn', account_id: null, email: 'finn@home.example', name: 'Finn', is_admin: 0 },
]

/** Each has a table and a chart of sales, and a cover. */
export const CANVASES = [{ id: 'q3', account_id: 'acme', owner_id: 'ada', title: 'Third quarter' }]

/** The repository's own Markdown files. `internal` ones may never be public. */
export const DOCUMENTS: Array<Tables['documents'] & { traits: string[] }> = [
  { id: 'readme', account_id: 'acme', owner_id: 'ada', title: 'README', file: 'README.md', traits: [] },
  {
    id: 'changelog',
    account_id: 'acme',
    owner_id: 'ada',
    title: 'Changelog',
    file: 'CHANGELOG.md',
    traits: [],
  },
  {
    id: 'contributing',
    account_id: 'acme',
    owner_id: 'ada',
    title: 'Contributing',
    file: 'CONTRIBUTING.md',
    traits: ['internal'],
  },
  {
    id: 'security',
    account_id: 'globex',
    owner_id: 'dora',
    title: 'Security',
    file: 'SECURITY.md',
    traits: [],
  },
  {
    id: 'notes',
    account_id: null,
    owner_id: 'finn',
    title: 'Notes on the examples',
    file: 'examples/README.md',
    traits: [],
  },
]
