import type { Days, LinkKey } from '../contenders/bare.ts'
import { visitor } from '../contenders/library.ts'
import type { Place } from '../places.ts'
import { fillTables, WORDS } from './tables.ts'

const DAY_MS = 86_400_000
/** What each link has on each day. */
const EACH_DAY = 100
/** Every tenth view is a bot's. */
const BOTS = 10
const VISITORS = 45

/** How many of a day's visitors are people, each counted once. */
const PEOPLE = new Set(
  Array.from({ length: EACH_DAY }, (_, place) => place)
    .filter((place) => place % BOTS !== BOTS - 1)
    .map((place) => place % VISITORS),
).size

/** A day of the calendar, so many days before the one on which the bench began. */
export const dayBefore = (days: number): string =>
  new Date((Math.floor(BEGAN / DAY_MS) - days) * DAY_MS).toISOString().slice(0, 10)
const BEGAN = Date.now()

/** All but today is added up. */
export const LAST_MONTH: Days = { from: dayBefore(30), to: dayBefore(1) }
export const WITH_TODAY: Days = { from: dayBefore(29), to: dayBefore(0) }

/**
 * Views of these links, `days` back and today's, in the order of time: a link's views lie as far apart as they do
 * in life. Yesterday and before are added up as `maintain` would.
 */
export async function fillViews(place: Place, links: readonly LinkKey[], days: number): Promise<void> {
  const { numbers, pad, time, flag } = WORDS[place.dialect]
  const first = (Math.floor(BEGAN / DAY_MS) - days + 1) * DAY_MS
  const step = `(s.i / ${links.length} % ${EACH_DAY})`
  const day = `(s.i / ${links.length * EACH_DAY})`
  const at = `${first} + ${day} * ${DAY_MS} + ${step} * ${DAY_MS / EACH_DAY} + s.i % ${links.length}`
  const isBot = `${step} % ${BOTS} = ${BOTS - 1}`
  await fillTables(place, async (run) => {
    await run('create table bench_links (n bigint primary key, tenant_id text, id text, resource_uid text)')
    for (const [n, { tenantId, linkId, resourceUid }] of links.entries()) {
      await run(`insert into bench_links values (${n}, '${tenantId}', '${linkId}', '${resourceUid}')`)
    }
    await run(`insert into share_views
        (tenant_id, id, resource_uid, link_id, visitor, ip, user_agent, bot, counted, viewed_at)
      select l.tenant_id, 'v' || ${pad('s.i')}, l.resource_uid, l.id, 'visitor of the day ' || (${step} % ${VISITORS}),
        '${visitor.ip}', '${visitor.userAgent}', ${flag(isBot)}, ${flag(`not (${isBot})`)}, ${time(at)}
      from ${numbers(0, links.length * EACH_DAY * days)} cross join bench_links l
      where l.n = s.i % ${links.length}`)
    for (const link of ["''", 'l.id']) {
      for (let back = days - 1; back > 0; back--) {
        await run(`insert into share_view_days (tenant_id, resource_uid, link_id, day, views, visitors, bots)
          select l.tenant_id, l.resource_uid, ${link}, '${dayBefore(back)}',
            ${EACH_DAY - EACH_DAY / BOTS}, ${PEOPLE}, ${EACH_DAY / BOTS} from bench_links l`)
      }
    }
    await run(`update share_tenants set rolled_until = '${dayBefore(0)}'`)
    await run(`update share_grants set view_count = view_count + ${days * (EACH_DAY - EACH_DAY / BOTS)}
      where id in (select id from bench_links)`)
    await run('drop table bench_links')
  })
}
