import type { Place, Row } from '../places.ts'

/** Somebody, with everything under which they were given something: `user:u1`, `email:…`, `group:g1`. */
export interface Asker {
  userId: string
  subjects: readonly string[]
}

/** A place in a list: of the last row before it, or how many rows are before it. */
export type From = { after: { at: Date; id: string } } | { offset: number }

/**
 * What people write by hand over a table of collaborators: prepared on SQLite, named on Postgres. It knows folders one
 * level deep and what is over, and neither snapshots nor traits nor rules nor guests.
 */
export interface ByHand {
  /** One joined row for each role, and a look into the roles. */
  can(asker: Asker, action: string, documentId: string): unknown
  shared(asker: Asker, from: From): unknown
  all(asker: Asker): unknown
  /** A page of the host's documents, each tested by EXISTS. */
  filterExists(asker: Asker): unknown
  /** The same, found by one list of ids. */
  filterUnion(asker: Asker): unknown
}

export const PAGE = 50

const ROLES: Readonly<Record<string, readonly string[]>> = { viewer: ['view'], editor: ['view', 'edit'] }

type Run = (name: string, text: string, values: readonly unknown[]) => unknown

export function byHand(place: Place): ByHand {
  const run = place.dialect === 'sqlite' ? runOnSqlite(place) : runOnPostgres(place)
  const now = () => (place.dialect === 'sqlite' ? Date.now() : new Date())
  const moment = (at: Date) => (place.dialect === 'sqlite' ? at.getTime() : at)
  // One parameter on Postgres, as many as there are on SQLite.
  const among = ({ subjects }: Asker): [string, readonly unknown[]] =>
    place.dialect === 'sqlite' ? [`in (${subjects.map(() => '?')})`, subjects] : ['= any(?)', [subjects]]
  const given = (subjects: string) => `c.grantee ${subjects} and (c.expires_at is null or c.expires_at > ?)`
  const newest = 'd.created_at desc, d.id desc'
  return {
    can(asker, action, documentId) {
      const [subjects, values] = among(asker)
      const judge = (rows: Row[]): boolean =>
        rows.some(
          ({ owner_id, visibility, role }) =>
            owner_id === asker.userId ||
            (visibility === 'account' && action === 'view') ||
            (role !== null && ROLES[role as string]!.includes(action)),
        )
      const found = run(
        'can',
        `select d.owner_id, d.visibility, c.role from documents d
          left join collaborators c on c.resource_id in (d.id, d.folder_id) and ${given(subjects)}
          where d.id = ?`,
        [...values, now(), documentId],
      )
      return found instanceof Promise ? found.then(judge) : judge(found as Row[])
    },
    shared(asker, from) {
      const [subjects, values] = among(asker)
      const after = 'after' in from
      return run(
        after ? 'shared after' : 'shared',
        `select d.*, c.role, c.invited_by from collaborators c join documents d on d.id = c.resource_id
          where ${given(subjects)} ${after ? 'and (c.created_at, c.resource_id) < (?, ?)' : ''}
          order by c.created_at desc, c.resource_id desc limit ${PAGE + 1} ${after ? '' : 'offset ?'}`,
        [...values, now(), ...('after' in from ? [moment(from.after.at), from.after.id] : [from.offset])],
      )
    },
    all(asker) {
      const [subjects, values] = among(asker)
      return run(
        'all',
        `select d.*, c.role, c.invited_by from collaborators c join documents d on d.id = c.resource_id
            where ${given(subjects)}
          union all select d.*, 'owner', null from documents d where d.owner_id = ?
          order by created_at desc, id desc limit ${PAGE + 1}`,
        [...values, now(), asker.userId],
      )
    },
    filterExists(asker) {
      const [subjects, values] = among(asker)
      return run(
        '',
        `select d.* from documents d where d.owner_id = ? or d.visibility = 'account'
            or exists (select 1 from collaborators c where c.resource_id = d.id and ${given(subjects)})
            or exists (select 1 from collaborators c where c.resource_id = d.folder_id and ${given(subjects)})
          order by ${newest} limit ${PAGE}`,
        [asker.userId, ...values, now(), ...values, now()],
      )
    },
    filterUnion(asker) {
      const [subjects, values] = among(asker)
      return run(
        '',
        `select d.* from documents d where d.id in (
            select id from documents where owner_id = ?
            union select id from documents where visibility = 'account'
            union select c.resource_id from collaborators c where ${given(subjects)}
            union select f.id from collaborators c join documents f on f.folder_id = c.resource_id where ${given(subjects)})
          order by ${newest} limit ${PAGE}`,
        [asker.userId, ...values, now(), ...values, now()],
      )
    },
  }
}

/** Runs what a host writes, with `?` for parameters. A text without a name is planned for its values. */
export function runOnSqlite(place: Place & { dialect: 'sqlite' }): Run {
  const prepared = new Map<string, { all(...values: unknown[]): unknown[] }>()
  const database = place.database('library')
  return (_, text, values) => {
    let statement = prepared.get(text)
    if (statement === undefined) {
      statement = database.prepare(text)
      prepared.set(text, statement)
    }
    return statement.all(...values)
  }
}

export function runOnPostgres(place: Place & { dialect: 'postgres' }): Run {
  const numbered = new Map<string, string>()
  return async (name, text, values) => {
    let known = numbered.get(text)
    if (known === undefined) {
      let number = 0
      known = text.replace(/\?/g, () => `$${++number}`)
      numbered.set(text, known)
    }
    const named = name === '' ? {} : { name: `by hand ${name}` }
    return (await place.pool.query({ ...named, text: known, values: [...values] })).rows
  }
}
