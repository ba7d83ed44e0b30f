import { sql } from 'kysely'
import type { Change, Facts } from '../../src/store/index.ts'
import { Interleaved } from './interleaved.ts'
import { first, query, run, type Steps } from './query.ts'
import { type ResourceRow, resourceGroups, resourceOf } from './resource-row.ts'

type Key = { tenantId: string; key: string }

const findFork = query<Key, { fork: { target: string; until: Date | null } }>(
  'fork.find',
  ({ t, p, d, columns }) => sql`
    select ${columns} from ${t.names} n
    where n.kind = 'fork' and n.key = ${p('key')} and n.tenant_id = ${p('tenantId')} ${d.lock('update', 'n')}`,
  { fork: ['n', { target: 'text', until: 'time' }] },
)

const findMade = query<{ tenantId: string; uid: string }, ResourceRow>(
  'fork.find_made',
  ({ t, p, columns }) => sql`
    select ${columns} from ${t.resources} r
    left join ${t.resources} u on u.tenant_id = r.tenant_id and u.uid = r.parent_uid
    where r.tenant_id = ${p('tenantId')} and r.uid = ${p('uid')} and r.removed_at is null`,
  resourceGroups,
)

export function* loadFork(tenantId: string, key: string): Steps<Facts['fork']> {
  const row = yield* first(findFork, { tenantId, key })
  if (row === null) return null
  const { target, until } = row.fork
  const made = yield* first(findMade, { tenantId, uid: target })
  return { made: made && resourceOf(made), until }
}

const begin = query<Key & { until: Date }, { fork: { key: string } }>(
  'fork.begin',
  ({ t, p, columns }) => sql`
    insert into ${t.names} (tenant_id, kind, key, target, until)
    values (${p('tenantId')}, 'fork', ${p('key')}, '', ${p('until', 'time')})
    on conflict do nothing returning ${columns}`,
  { fork: ['', { key: 'text' }] },
)

const renew = query<Key & { until: Date }>(
  'fork.renew',
  ({ t, p }) => sql`
    update ${t.names} set target = '', until = ${p('until', 'time')}
    where kind = 'fork' and key = ${p('key')} and tenant_id = ${p('tenantId')}`,
)

/** Whoever made it may have come so late that nothing says any more that they began; what is made already stays. */
const make = query<Key & { uid: string }, { fork: { key: string } }>(
  'fork.make',
  ({ t, p, columns }) => sql`
    insert into ${t.names} as n (tenant_id, kind, key, target, until)
    values (${p('tenantId')}, 'fork', ${p('key')}, ${p('uid')}, null)
    on conflict (kind, key) do update set target = excluded.target, until = null
    where n.tenant_id = excluded.tenant_id and not exists (
      select 1 from ${t.resources} r
      where r.tenant_id = n.tenant_id and r.uid = n.target and r.removed_at is null)
    returning ${columns}`,
  { fork: ['', { key: 'text' }] },
)

const giveUp = query<Key & { until: Date }>(
  'fork.give_up',
  ({ t, p }) => sql`
    delete from ${t.names}
    where kind = 'fork' and key = ${p('key')} and tenant_id = ${p('tenantId')} and until = ${p('until', 'time')}`,
)

/** Somebody who began or made it between our look and our step makes the step run again. */
export function* applyFork(
  tenantId: string,
  change: Extract<Change, { kind: `fork.${string}` }>,
): Steps<void> {
  const { key } = change
  switch (change.kind) {
    case 'fork.begun': {
      const { until } = change
      if (change.again) yield* run(renew, { tenantId, key, until })
      else if ((yield* first(begin, { tenantId, key, until })) === null) throw new Interleaved()
      return
    }
    case 'fork.made':
      if ((yield* first(make, { tenantId, key, uid: change.uid })) === null) throw new Interleaved()
      return
    case 'fork.given_up':
      yield* run(giveUp, { tenantId, key, until: change.until })
  }
}
