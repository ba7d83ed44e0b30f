import type { World } from './story.ts'
import type { Teller } from './teller.ts'

const canvas = { type: 'canvas', id: 'q3' }
const path = '/api/resources/canvas/q3'
const refresh = '/api/refs/refresh'

/** A canvas with sales: what was shared stays what it was, and who sees it live sees their own rows. */
export async function snapshotAndLive({ host }: World, tell: Teller): Promise<void> {
  await host.shareCanvases()
  tell.say('Ada shares a canvas as it is now with whoever has the link, and live with Ben')
  const { body: link } = await tell.call('POST', `${path}/links`, {
    as: 'Ada',
    body: { visibility: 'public', mode: 'snapshot' },
    expect: [201],
    with: { mode: 'snapshot' },
  })
  await tell.call('POST', `${path}/collaborators`, {
    as: 'Ada',
    body: { userId: 'ben', role: 'viewer' },
    expect: [201],
    with: { mode: 'live' },
  })
  const content = { chart: { north: 3030, east: 6030, south: 9030, west: 12030 } }
  const { body: opened } = await tell.call('GET', `/api/share/${link.token}`, {
    expect: [200],
    with: { mode: 'snapshot', snapshot: { revision: '1', content } },
  })
  tell.say(
    'Ben may see two of four regions, and asks for rows that are nobody’s to see: each ref has its answer',
  )
  await tell.call('POST', refresh, {
    as: 'Ben',
    body: { resource: canvas, refs: ['chart', 'salaries'] },
    expect: [200],
    with: { items: [{ status: 'ok', data: { north: 3030, east: 6030 } }, { status: 'denied' }] },
  })
  tell.say('Orders come in, in the north and in the south: Ben sees the one, and the snapshot none')
  for (const region of ['north', 'south']) {
    const body = { region, month: '2029-10', amount: 500 }
    await tell.call('POST', '/canvases/q3/orders', { as: 'Ada', body, expect: [200] })
  }
  const { body: live } = await tell.call('POST', refresh, {
    as: 'Ben',
    body: { resource: canvas, refs: ['cover', 'chart'] },
    expect: [200],
    with: { items: [{ status: 'ok' }, { data: { north: 3530, east: 6030 } }] },
  })
  await tell.call('GET', `/api/share/${link.token}`, {
    expect: [200],
    with: { snapshot: { revision: '1', content } },
  })
  tell.say(
    'The cover is a file: Ben’s token fetches it for Ben, and the stranger’s the cover that was shared',
  )
  const [cover] = live.items as Array<{ token: string }>
  await tell.call('GET', `/files/${cover!.token}`, { as: 'Ben', expect: [200], with: '<text>3</text>' })
  await tell.call('GET', `/files/${cover!.token}`, { as: 'Dora', expect: [403, 'forbidden'] })
  const { body: seen } = await tell.call('POST', refresh, {
    body: { pass: opened.pass, refs: ['cover'] },
    expect: [200],
    with: { items: [{ status: 'ok', data: { revision: '1' } }] },
  })
  const [shared] = seen.items as Array<{ token: string }>
  await tell.call('GET', `/files/${shared!.token}`, { expect: [200], with: '<text>1</text>' })
  await copyOfOnesOwn(tell, opened.pass)
  await tell.call('DELETE', `/api/links/${link.id}`, { as: 'Ada', expect: [204] })
  await tell.call('GET', `/files/${shared!.token}`, { expect: [404, 'not_found'] })
}

/** What somebody makes of what was shared with them: neither side has to do with the other any more. */
async function copyOfOnesOwn(tell: Teller, pass: unknown): Promise<void> {
  tell.say(
    'Ben makes a copy of the snapshot. A stranger is asked to sign in, and a second try makes no second',
  )
  const fork = { pass, idempotencyKey: 'bens-copy' }
  await tell.call('POST', `${path}/fork`, { body: fork, expect: [401, 'authentication_required'] })
  const own = { ownerId: 'ben', visibility: 'private', forkedFrom: canvas }
  const { body: copy } = await tell.call('POST', `${path}/fork`, {
    as: 'Ben',
    body: fork,
    expect: [201],
    with: own,
  })
  await tell.call('POST', `${path}/fork`, { as: 'Ben', body: fork, expect: [201], with: { id: copy.id } })
  await tell.call('GET', `/api/resources/canvas/${copy.id}/access`, { as: 'Ada', expect: [404, 'not_found'] })
  tell.say('Orders are added to the one and to the other: each has its own')
  for (const [id, as, amount] of [
    [copy.id, 'Ben', 1],
    ['q3', 'Ada', 2],
  ] as const) {
    const body = { region: 'west', month: '2029-10', amount }
    await tell.call('POST', `/canvases/${id}/orders`, { as, body, expect: [200] })
  }
  const charts = [
    ['Ben', copy.id, { north: 3030, east: 6030, south: 9030, west: 12031 }],
    ['Ada', 'q3', { north: 3530, east: 6030, south: 9530, west: 12032 }],
  ] as const
  for (const [as, id, data] of charts) {
    const body = { resource: { type: 'canvas', id }, refs: ['chart'] }
    await tell.call('POST', refresh, { as, body, expect: [200], with: { items: [{ data }] } })
  }
}
