import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { type ImportOf, type SourceFile, sourcesBelow, visit } from './support/source-tree.ts'

interface Wall {
  /** Other rooms that may be imported. A room may always import itself. */
  rooms: readonly string[]
  /** Rooms of which only types may be imported. */
  types?: readonly string[]
  packages?: readonly string[]
}

/** What every capability is built with. */
const CAPABILITY = ['clock', 'errors', 'kernel', 'model', 'policy', 'tokens', 'store'] as const

/** Who may import whom. A room without a line may not exist. */
const WALLS: Readonly<Record<string, Wall>> = {
  errors: { rooms: [] },
  clock: { rooms: [] },
  recent: { rooms: [] },
  model: { rooms: ['errors'], packages: ['zod', 'node:url'] },
  policy: { rooms: ['model', 'errors', 'clock'], types: ['store'] },
  tokens: { rooms: ['errors', 'recent'], packages: ['node:crypto', 'node:zlib', 'nanoid'] },
  store: { rooms: [], types: ['model'] },

  limits: { rooms: ['errors'], packages: ['node:net', 'ipaddr.js', 'rate-limiter-flexible'] },
  events: { rooms: ['model'], types: ['store'], packages: ['emittery'] },
  kernel: {
    rooms: ['errors', 'model', 'policy'],
    types: ['clock', 'events', 'limits', 'opening', 'store', 'tokens', 'views'],
  },

  audit: { rooms: [...CAPABILITY, 'deciding'] },
  deciding: { rooms: [...CAPABILITY, 'resources'], packages: ['zod'] },
  forks: { rooms: [...CAPABILITY, 'refs', 'resources', 'snapshots'], packages: ['node:crypto', 'zod'] },
  links: { rooms: [...CAPABILITY, 'snapshots'] },
  maintenance: { rooms: [...CAPABILITY, 'links'], packages: ['zod'] },
  opening: { rooms: [...CAPABILITY, 'people', 'recent'], packages: ['node:async_hooks'] },
  grants: { rooms: CAPABILITY },
  inside: { rooms: ['model'], types: ['kernel'] },
  workstations: { rooms: [...CAPABILITY, 'grants', 'http', 'inside'], types: ['api'], packages: ['zod'] },
  people: { rooms: [...CAPABILITY, 'grants', 'resources', 'snapshots'], packages: ['zod'] },
  policies: { rooms: CAPABILITY },
  refs: { rooms: [...CAPABILITY, 'opening', 'resources'] },
  resources: { rooms: [...CAPABILITY, 'grants', 'snapshots'] },
  snapshots: { rooms: [...CAPABILITY, 'resources'], packages: ['node:crypto', 'zod'] },
  views: {
    rooms: [...CAPABILITY, 'links', 'recent'],
    packages: ['node:crypto', 'node:net', 'ipaddr.js', 'isbot'],
  },

  options: { rooms: ['model'], types: ['clock', 'limits', 'store', 'tokens', 'views'], packages: ['zod'] },
  'leaving-api': { rooms: [], types: ['model'] },
  api: {
    rooms: [],
    types: [
      'audit',
      'deciding',
      'events',
      'forks',
      'leaving-api',
      'links',
      'maintenance',
      'model',
      'opening',
      'policies',
      'store',
      'views',
    ],
  },
  sharing: {
    rooms: [
      'api',
      'audit',
      'clock',
      'deciding',
      'events',
      'inside',
      'forks',
      'kernel',
      'limits',
      'links',
      'maintenance',
      'model',
      'opening',
      'options',
      'people',
      'policies',
      'policy',
      'refs',
      'resources',
      'tokens',
      'views',
    ],
    types: ['store'],
    packages: ['nanoid'],
  },
  index: {
    rooms: ['errors', 'sharing', 'store', 'tokens'],
    types: [
      'api',
      'clock',
      'deciding',
      'events',
      'forks',
      'leaving-api',
      'limits',
      'links',
      'maintenance',
      'model',
      'options',
      'views',
    ],
  },
  http: {
    rooms: ['errors', 'model'],
    types: ['api', 'deciding', 'index', 'links', 'maintenance'],
    packages: ['zod'],
  },
  // It makes the library as a host does, so it knows what index.ts exports.
  conformance: {
    rooms: ['errors', 'index', 'model', 'sharing', 'store', 'tokens', 'workstations'],
    types: ['api', 'clock', 'events', 'links', 'maintenance', 'options'],
    packages: ['node:assert/strict', 'node:crypto'],
  },

  'adapters/sql': { rooms: ['errors', 'model', 'store'], packages: ['kysely', 'zod'] },
  'adapters/sqlite': { rooms: ['errors', 'store', 'adapters/sql'], packages: ['kysely'] },
  'adapters/postgres': {
    rooms: ['errors', 'model', 'store', 'adapters/sql'],
    packages: ['kysely', 'node:crypto', 'zod'],
  },
}

const library = [...sourcesBelow('src'), ...sourcesBelow('adapters')]

/** `src/links/create.ts` is in the room `links`, `src/errors.ts` is `errors`, `adapters/sql/x.ts` is `adapters/sql`. */
function roomOf(path: string): string {
  const [top, name = ''] = path.split('/')
  const room = name.replace(/\.ts$/, '')
  if (top === 'src') return room
  return top === 'adapters' ? `adapters/${room}` : `outside: ${path}`
}

function trespass(from: string, { target, relative, typesOnly }: ImportOf): string | null {
  const wall = WALLS[from]
  if (wall === undefined) return `${from} is a room without walls`
  if (!relative)
    return wall.packages?.includes(target) ? null : `${from} may not import the package ${target}`
  const to = roomOf(target)
  if (to === from || wall.rooms.includes(to)) return null
  if (wall.types?.includes(to)) return typesOnly ? null : `${from} may import types only of ${to}`
  return `${from} may not import ${to}`
}

function places(files: readonly SourceFile[], wrong: (node: ts.Node) => boolean): string[] {
  return files.flatMap((file) => {
    const found: string[] = []
    visit(file.tree, (node) => {
      if (!wrong(node)) return
      const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart())
      found.push(`${file.path}:${line + 1}: ${node.getText().slice(0, 80)}`)
    })
    return found
  })
}

describe('the walls between rooms', () => {
  test('every room is there, and imports only what it may', () => {
    const rooms = new Set(library.map(({ path }) => roomOf(path)))
    for (const room of [
      'model',
      'policy',
      'refs',
      'tokens',
      'store',
      'links',
      'adapters/sqlite',
      'adapters/postgres',
    ]) {
      expect(rooms).toContain(room)
    }
    const found = library.flatMap((file) =>
      file.imports.flatMap((one) => {
        const wrong = trespass(roomOf(file.path), one)
        return wrong === null ? [] : [`${file.path}: ${wrong} (${one.target})`]
      }),
    )
    expect(found).toEqual([])
  })

  test('no line of the table allows an adapter, Kysely, a driver or a framework in src', () => {
    const foreign = ['kysely', 'better-sqlite3', 'pg', 'express', 'fastify']
    for (const [room, { rooms, types = [], packages = [] }] of Object.entries(WALLS)) {
      if (room.startsWith('adapters/')) continue
      expect(
        [...rooms, ...types].filter((one) => one.startsWith('adapters/')),
        room,
      ).toEqual([])
      expect(
        packages.filter((one) => foreign.includes(one)),
        room,
      ).toEqual([])
    }
  })

  test('no line of the table lets one database know the other', () => {
    expect(WALLS['adapters/sqlite']!.rooms).not.toContain('adapters/postgres')
    expect(WALLS['adapters/postgres']!.rooms).not.toContain('adapters/sqlite')
    expect(WALLS['adapters/sql']!.rooms.filter((room) => room.startsWith('adapters/'))).toEqual([])
  })

  test('examples import the library by its name, and nothing of its inside', () => {
    const found = sourcesBelow('examples').flatMap(({ path, imports }) =>
      imports
        .filter(({ target, relative }) => relative && !target.startsWith('examples/'))
        .map(({ target }) => `${path} imports ${target}`),
    )
    expect(found).toEqual([])
  })
})

describe('what no file does', () => {
  test('asks which dialect it is for', () => {
    const equality = new Set([
      ts.SyntaxKind.EqualsEqualsToken,
      ts.SyntaxKind.EqualsEqualsEqualsToken,
      ts.SyntaxKind.ExclamationEqualsToken,
      ts.SyntaxKind.ExclamationEqualsEqualsToken,
    ])
    const speaksOfDialect = (node: ts.Node): boolean => /(?:^|\.)dialect(?:\.name)?$/.test(node.getText())
    const found = places(library, (node) => {
      if (ts.isBinaryExpression(node) && equality.has(node.operatorToken.kind))
        return speaksOfDialect(node.left) || speaksOfDialect(node.right)
      return ts.isSwitchStatement(node) && speaksOfDialect(node.expression)
    })
    expect(found).toEqual([])
  })

  test('reads a clock of its own, src/clock.ts aside', () => {
    const others = library.filter(({ path }) => path !== 'src/clock.ts')
    const found = places(others, (node) => {
      if (ts.isNewExpression(node))
        return node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0
      return ts.isCallExpression(node) && ['Date.now', 'Date'].includes(node.expression.getText())
    })
    expect(found).toEqual([])
  })

  test('asks the database for the time', () => {
    const clocks =
      /\bnow\s*\(\s*\)|\bcurrent_(?:timestamp|date|time)\b|\bclock_timestamp\b|'now'|\blocaltimestamp\b/i
    const found = places(
      library.filter(({ path }) => path.startsWith('adapters/')),
      (node) =>
        (ts.isStringLiteralLike(node) ||
          ts.isTemplateHead(node) ||
          ts.isTemplateMiddleOrTemplateTail(node)) &&
        clocks.test(node.getText()),
    )
    expect(found).toEqual([])
  })

  test('is longer than 400 lines', () => {
    const all = [...library, ...['test', 'examples', 'bench'].flatMap(sourcesBelow)]
    expect(all.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
  })
})
