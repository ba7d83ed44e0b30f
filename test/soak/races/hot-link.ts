import type { Campaign } from '../campaign.ts'
import { type Round, raceCampaign } from './arena.ts'
import { type Attempt, call, type Done, type Span } from './attempt.ts'
import { type Meetings, meetEachOther, meetTurns } from './meetings.ts'
import { acknowledged, checkViews, setStage } from './stage.ts'

/** Openings of one link, in batches with those of a neighbour that ends or gets a limit meanwhile. */
async function round(the: Round): Promise<void> {
  const { host, random, race, tenantId, violation, calls } = the
  const { owner, ref, link } = await setStage(the)
  const neighbour = await host.links.create(owner, ref, { visibility: 'public' })
  const revoked = random.below(2) === 0
  const limit = 1 + random.below(10)
  // One statement, so one moment: the count is never seen without its rows, nor a row without its count.
  const balance = `select g.view_count as counted, (select count(*) from share_views v
    where v.tenant_id = g.tenant_id and v.link_id = g.id and v.counted) as n
    from share_grants g where g.tenant_id = '${tenantId}' and g.id = '${link.id}'`
  const attempts = Array.from({ length: calls * 2 }, (): Attempt => {
    const kind = random.below(20)
    if (kind === 0) return { call: call('query', balance), expected: ['ok'], note: 'balance' }
    if (kind < 5) {
      const expected = ['ok', revoked ? 'not_found' : ['ok', 'exhausted']]
      return { call: call('open', neighbour.token), expected, note: 'neighbour' }
    }
    const bot = kind < 8
    const visitor = bot ? { userAgent: 'Googlebot/2.1' } : {}
    return { call: call('open', link.token, visitor), expected: ['ok'], note: bot ? 'bot' : 'hot' }
  })
  const change = revoked
    ? call('links.revoke', owner, neighbour.id)
    : call('links.update', owner, neighbour.id, { maxViews: limit })
  const done = await race(attempts, [[{ call: change, expected: ['ok'], turn: true }]])
  for (const { note, value } of done) {
    if (note !== 'balance') continue
    const [{ counted, n }] = value as [{ counted: unknown; n: unknown }]
    if (Number(counted) !== Number(n)) violation('a count was seen without its rows', { counted, n })
  }
  const bots = acknowledged(done, 'bot')
  const people = [link.viewId, ...acknowledged(done, 'hot')]
  await checkViews(the, link.id, [...people, ...bots], people.length)
  await checkViews(the, neighbour.id, acknowledged(done, 'neighbour'))
}

/** Openings of the one link in several processes. */
function meetings(done: readonly Done[], turns: readonly Span[]): Meetings {
  const hot = done.filter(({ note }) => note === 'hot' || note === 'bot')
  return { met: meetEachOther(hot, hot), after: meetTurns(done, turns).after }
}

export const hotLink: Campaign = raceCampaign({
  name: 'races on a hot link',
  claim: 'views, their count and what was acknowledged are the same, in shared commits too, always',
  size: { short: 1_500, long: 400_000 },
  controls: [
    {
      guard: 'the look at which links of a batch were counted, on SQLite',
      file: 'adapters/sqlite/engine.ts',
      find: '!open.has(linkKey(view))',
      replace: 'false',
    },
    {
      guard: 'the look at which links of a batch were counted, on Postgres',
      file: 'adapters/postgres/append.ts',
      find: ' join counted c on',
      replace: ' left join counted c on',
      place: 'Postgres',
    },
  ],
  meetings,
  round,
})
