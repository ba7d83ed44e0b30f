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
  await tell.call('DELETE', `/api/links/${link.id}`, { as: 'Ada', expect: [204] })
  await tell.call('GET', `/files/${shared!.token}`, { expect: [404, 'not_found'] })
}
