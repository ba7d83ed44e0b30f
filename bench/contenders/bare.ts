import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { nanoid } from 'nanoid'
import type pg from 'pg'
import type { Place, SqliteHandle } from '../places.ts'
import { AT, access, BARE_VISITOR, lookUp, opening, openingInOne, views, writing } from './bare-statements.ts'
import { hashOf, visitor } from './library.ts'

/** Contender (a): the least imaginable, by prepared or named statements. Rows are left as the driver gives them. */
export interface Bare {
  /** Hashes the token, reads the four rows, inserts the view, counts it. */
  open(token: string): unknown
  /** The same within the link's limit. */
  capped(token: string): unknown
  /** Hashes the token and reads the four rows. */
  peek(token: string): unknown
  /** Checks the pass's signature and reads the four rows. */
  resume(pass: string, tokenHash: string): unknown
  /** Reads the three rows that a decision needs, and what the person was given. */
  can(resourceId: string): unknown
  /** One unique key. */
  lookUp(token: string): unknown
  page(link: LinkKey): unknown
  rolledUp(link: LinkKey, days: Days): unknown
  withRest(link: LinkKey, days: Days): unknown
}

export interface LinkKey {
  tenantId: string
  linkId: string
  resourceUid: string
}

/** Days such as `2030-01-31`. The last is the one that was not added up, where that is asked for. */
export interface Days {
  from: string
  to: string
}

export const PAGE = 51

/** The person who asks, as grants name them; no address. */
const WHO = ['user:u1', ''] as const

const key = createSecretKey(randomBytes(32))
const signature = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')

export const bare = (place: Place): Bare =>
  place.dialect === 'sqlite' ? bareSqlite(place.database('library')) : barePostgres(place.pool)

function bareSqlite(database: SqliteHandle): Bare {
  const reading = (text: string) => database.prepare(text).raw(true)
  const read = reading(opening('+?'))
  const find = reading(access('+?', '+?, +?'))
  const look = reading(lookUp('?'))
  const list = reading(views.sqlite.page)
  const days = reading(views.sqlite.rolledUp)
  const daysAndRest = reading(views.sqlite.withRest)
  const insert = database.prepare(writing.insert)
  const opened = (text: string) => {
    const count = database.prepare(text)
    return database.transaction((token: string) => {
      const row = read.get(hashOf(token)) as string[]
      const [tenantId, linkId] = [row[AT.tenantId], row[AT.linkId]]
      const now = Date.now()
      if (count.run(now, tenantId, linkId).changes === 0) throw new Error('the bare statements were refused')
      insert.run(
        tenantId,
        nanoid(),
        row[AT.resourceUid],
        linkId,
        BARE_VISITOR,
        visitor.ip,
        visitor.userAgent,
        now,
      )
      return row
    }).immediate
  }
  const startOf = (day: string): number => Date.parse(`${day}T00:00:00.000Z`)
  return {
    open: opened(writing.count),
    capped: opened(writing.spend),
    peek: (token) => read.get(hashOf(token)),
    resume: (pass, tokenHash) => {
      signature(pass)
      return read.get(tokenHash)
    },
    can: (id) => find.get(...WHO, `document:${id}`),
    lookUp: (token) => look.get(hashOf(token)),
    page: ({ tenantId, linkId }) => list.all(tenantId, linkId, PAGE),
    rolledUp: ({ tenantId, resourceUid, linkId }, { from, to }) =>
      days.all(tenantId, resourceUid, linkId, from, to),
    withRest: ({ tenantId, resourceUid, linkId }, { from, to }) => {
      const start = startOf(to)
      return daysAndRest.all(
        ...[tenantId, resourceUid, linkId, from, to],
        ...[to, tenantId, linkId, start, start + 86_399_999],
      )
    },
  }
}

/** As the server wrote it. */
const types = { getTypeParser: () => (text: string) => text }

function barePostgres(pool: pg.Pool): Bare {
  const statement = (name: string, text: string) => (values: unknown[]) =>
    pool.query({ name: `bare ${name}`, text, values, rowMode: 'array', types })
  const openOne = statement('open', openingInOne.open)
  const openCapped = statement('capped', openingInOne.capped)
  const read = statement('read', opening('$1'))
  const find = statement('access', access('$1', '$2, $3'))
  const look = statement('look-up', lookUp('$1'))
  const list = statement('page', views.postgres.page)
  const days = statement('days', views.postgres.rolledUp)
  const daysAndRest = statement('days and rest', views.postgres.withRest)
  const view = (token: string) => {
    const now = new Date().toISOString()
    return [hashOf(token), now, nanoid(), BARE_VISITOR, visitor.ip, visitor.userAgent]
  }
  return {
    open: (token) => openOne(view(token)),
    capped: (token) => openCapped(view(token)),
    peek: (token) => read([hashOf(token)]),
    resume: (pass, tokenHash) => {
      signature(pass)
      return read([tokenHash])
    },
    can: (id) => find([`document:${id}`, ...WHO]),
    lookUp: (token) => look([hashOf(token)]),
    page: ({ tenantId, linkId }) => list([tenantId, linkId, PAGE]),
    rolledUp: ({ tenantId, resourceUid, linkId }, { from, to }) =>
      days([tenantId, resourceUid, linkId, from, to]),
    withRest: ({ tenantId, resourceUid, linkId }, { from, to }) => {
      const [start, end] = [`${to}T00:00:00.000Z`, `${to}T23:59:59.999Z`]
      return daysAndRest([tenantId, resourceUid, linkId, from, to, to, tenantId, linkId, start, end])
    },
  }
}
