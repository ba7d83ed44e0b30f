import type { PlaceName } from './places.ts'

/** The parts that `--only` can name. */
export const PARTS = ['mint', 'open', 'read', 'views', 'guard'] as const
export type Part = (typeof PARTS)[number]

/** What has to hold of a line: so much of the other's cost at the most, or so many times faster at the least. */
export type Bar = { within: number } | { faster: number }

/** What is compared with what: two contenders, by their names in the part, in each of the places. */
export interface Line {
  part: Part
  places: readonly PlaceName[]
  operation: string
  against: string
  ours: string
  other: string
  bar: Bar | null
}

const ALL = ['memory', 'file', 'postgres'] as const
const SQLITE = ['memory', 'file'] as const

const within = (times: number): Bar => ({ within: times })
const faster = (times: number): Bar => ({ faster: times })

/** On SQLite one transaction, on Postgres one statement. */
const BARE = 'bare statements'
const READ = 'bare read, same hashing'
const ROUTE = 'hand-written route'
const KEYS = 'API key verified'
const PLAIN = 'without it'
const JWT = 'jose, compact HS256'
const MAC = 'HMAC-SHA-256 alone'

const line = (
  part: Part,
  places: PlaceName | readonly PlaceName[],
  operation: string,
  against: string,
  [ours, other]: readonly [ours: string, other: string],
  bar: Bar | null = null,
): Line => ({ part, places: [places].flat() as PlaceName[], operation, against, ours, other, bar })

/** All lines, in the order of the tables. */
export const LINES: readonly Line[] = [
  line(
    'mint',
    'memory',
    'mint, without its insert',
    'random bytes, hash, seal',
    ['mint', 'bare'],
    within(1.5),
  ),
  line('mint', 'memory', 'data ref minted', JWT, ['ref minted', 'jwt signed'], faster(1)),
  line('mint', 'memory', 'data ref minted', MAC, ['ref minted', 'mac']),
  line('mint', 'memory', 'data ref read and checked', JWT, ['ref read', 'jwt read'], faster(1)),
  line('mint', 'memory', 'data ref read and checked', MAC, ['ref read', 'mac compared']),

  line('open', 'memory', 'open', BARE, ['open', 'bare'], within(1.9)),
  line('open', 'file', 'open', BARE, ['open', 'bare'], within(1.25)),
  line('open', 'postgres', 'open', BARE, ['open', 'bare'], within(1.5)),
  line('open', 'postgres', 'open, each link for the first time', BARE, ['first', 'bare']),
  line('open', ALL, 'open, 16 in flight', BARE, ['open, 16', 'bare, 16']),
  line('open', 'memory', 'open, 64 in flight', BARE, ['open, 64', 'bare, 64']),
  line('open', 'file', 'open, 64 in flight', BARE, ['open, 64', 'bare, 64'], faster(3)),
  line('open', 'postgres', 'open, 64 in flight', BARE, ['open, 64', 'bare, 64'], faster(2)),
  line('open', 'postgres', 'each for the first time, 64 in flight', BARE, ['first, 64', 'bare, 64']),
  line('open', ALL, 'open of one hot link, 64 in flight', BARE, ['hot, 64', 'bare hot, 64']),
  line('open', SQLITE, 'the same', 'open of many links', ['hot, 64', 'open, 64']),
  line('open', 'postgres', 'the same', 'open of many links', ['hot, 64', 'open, 64'], within(1)),
  line('open', ALL, 'capped open', BARE, ['capped', 'bare capped']),
  line('open', SQLITE, 'capped open, 64 in flight', BARE, ['capped, 64', 'bare capped, 64']),
  line('open', 'postgres', 'capped open, 64 in flight', BARE, ['capped, 64', 'bare capped, 64'], within(1.3)),
  line('open', ALL, 'open, default limits', BARE, ['limited', 'bare']),
  line('open', ALL, 'open, default limits, 64 in flight', BARE, ['limited, 64', 'bare, 64']),
  line('open', ALL, 'open', ROUTE, ['signed in', 'route'], faster(2)),
  line('open', ALL, 'open, 64 in flight', ROUTE, ['signed in, 64', 'route, 64'], faster(6)),
  line('open', ALL, 'open, 64 in flight', KEYS, ['open, 64', 'key, 64'], faster(10)),

  line('read', ALL, 'resume', READ, ['resume', 'bare resume'], within(1.6)),
  line('read', ALL, 'resume, each pass for the first time', READ, ['first resume', 'bare resume']),
  line('read', ALL, 'peek', READ, ['peek', 'bare peek'], within(1.6)),
  line('read', ALL, 'can', READ, ['can', 'bare can'], within(1.6)),
  line('read', ALL, 'can, below a folder', READ, ['can below', 'bare can']),
  line('read', ALL, 'resume', KEYS, ['resume', 'key'], faster(10)),
  line('read', ALL, 'can', KEYS, ['can', 'key'], faster(10)),

  line(
    'views',
    ALL,
    'views.stats, 30 days, counted before',
    'bare roll-up query',
    ['stats', 'bare stats'],
    within(1.5),
  ),
  line('views', ALL, 'views.stats, each link for the first time', 'bare roll-up query', [
    'first stats',
    'bare stats',
  ]),
  line('views', ALL, 'views.stats, 30 days and today', 'bare roll-up query', ['stats today', 'bare today']),
  line('views', ALL, 'views.list, a page of 50', 'bare page', ['list', 'bare list']),
  line('views', ALL, 'open, among five million views', BARE, ['open', 'bare']),

  line('guard', 'postgres', 'row-level security: open', PLAIN, ['open', 'plain open'], within(1.3)),
  line(
    'guard',
    'postgres',
    'row-level security: open, 64 in flight',
    PLAIN,
    ['open, 64', 'plain open, 64'],
    within(1.3),
  ),
  line('guard', 'postgres', 'row-level security: resume', PLAIN, ['resume', 'plain resume'], within(1.3)),
  line('guard', 'postgres', 'row-level security: can', PLAIN, ['can', 'plain can'], within(1.3)),
]
