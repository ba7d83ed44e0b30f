import type { KnownLink, KnownResource, Life } from './life.ts'
import { manyViewsOf } from './made-up.ts'

/** One kind of change: what it needs, and then the change by itself, so that its statements can be told apart. */
export type Scene = (stage: Stage) => Promise<() => Promise<unknown>>

export interface Stage {
  life: Life
  /** Runs a statement behind the library's back, of the words that both databases know. */
  query(text: string): Promise<unknown>
}

async function resource(life: Life, more: Parameters<Life['register']>[0] = {}): Promise<KnownResource> {
  return (await life.register(more))!
}

async function link(life: Life, more: Parameters<Life['link']>[1] = {}): Promise<KnownLink> {
  return (await life.link(await resource(life), more))!
}

/** A link that was opened by people and by a bot. */
async function openedLink(life: Life, more: Parameters<Life['link']>[1] = {}): Promise<KnownLink> {
  const made = await link(life, more)
  await Promise.all([
    life.open(made),
    life.open(made, { bot: true }),
    life.open(made, { as: `${life.tenant}-x` }),
  ])
  return made
}

/** A person with resources of their own and links on others'. */
async function person(life: Life, tenant = life.tenant, owner = life.name('person')): Promise<string> {
  for (const visibility of ['account', undefined] as const) {
    const own = await resource(life, { owner, tenant, ...(visibility ? { visibility } : {}) })
    await life.link(own)
    const opened = (await life.link(own, { by: 'admin' }))!
    await life.open(opened, { as: owner })
  }
  return owner
}

export const SCENES: Readonly<Record<string, Scene>> = {
  'a resource registered':
    async ({ life }) =>
    () =>
      life.register(),
  'a resource registered below another': async ({ life }) => {
    const parent = await resource(life)
    return () => life.register({ parent })
  },
  'a resource registered again': async ({ life }) => {
    const known = await resource(life)
    return () => life.registerAgain(known)
  },
  'a resource updated': async ({ life }) => {
    const known = await resource(life)
    return () => life.retitle(known)
  },
  'a resource moved below another': async ({ life }) => {
    const [known, parent] = [await resource(life), await resource(life)]
    return () => life.retitle(known, parent)
  },
  'a visibility set': async ({ life }) => {
    const known = await resource(life)
    return () => life.turnVisibility(known, 'account')
  },
  'a resource transferred': async ({ life }) => {
    const made = await openedLink(life)
    return () => life.transfer(made.resource)
  },
  'a resource removed': async ({ life }) => {
    const made = await openedLink(life)
    await life.link(made.resource, { importing: true })
    await life.register({ parent: made.resource })
    return () => life.removeResource(made.resource)
  },
  'a link created': async ({ life }) => {
    const known = await resource(life)
    return () => life.link(known)
  },
  'a link with a password created': async ({ life }) => {
    const known = await resource(life)
    return () => life.link(known, { password: 'a password' })
  },
  'a link imported': async ({ life }) => {
    const known = await resource(life)
    return () => life.link(known, { importing: true })
  },
  'a link updated': async ({ life }) => {
    const made = await openedLink(life)
    return () => life.rename(made, { maxViews: 9 })
  },
  'a link revoked': async ({ life }) => {
    const made = await openedLink(life)
    return () => life.revoke(made)
  },
  'a link rotated': async ({ life }) => {
    const made = await openedLink(life, { importing: true })
    return () => life.rotate(made)
  },
  'a link rotated with a grace': async ({ life }) => {
    const made = await openedLink(life)
    return () => life.rotate(made, 60)
  },
  'a link removed': async ({ life }) => {
    const made = await openedLink(life)
    life.days += 1
    await life.maintain()
    await life.open(made)
    return () => life.removeLink(made)
  },
  'an opening': async ({ life }) => {
    const made = await link(life)
    return () => life.open(made)
  },
  'openings at once': async ({ life }) => {
    const known = await resource(life)
    const made = [(await life.link(known))!, (await life.link(known))!, await link(life)]
    return () =>
      Promise.all([...made, ...made, ...made].map((one, index) => life.open(one, { bot: index === 4 })))
  },
  'an opening of a link opened before': async ({ life }) => {
    const made = await openedLink(life)
    return () => life.open(made)
  },
  'openings at once of links opened before': async ({ life }) => {
    const made = [await openedLink(life), await openedLink(life)]
    return () => Promise.all([...made, ...made, ...made].map((one) => life.open(one)))
  },
  'an opening of a limited link': async ({ life }) => {
    const made = await link(life, { maxViews: 2 })
    await life.open(made)
    return () => life.open(made)
  },
  'an opening with a password': async ({ life }) => {
    const password = 'a password'
    const made = await link(life, { password })
    return () => life.open(made, { password })
  },
  'a policy set': async ({ life }) => {
    await openedLink(life)
    return () => life.setPolicy()
  },
  'a member removed': async ({ life }) => {
    const leaving = await person(life)
    return () => life.removeMember(leaving)
  },
  'a member removed, with an heir': async ({ life }) => {
    const leaving = await person(life)
    return () => life.removeMember(leaving, life.name('heir'))
  },
  'a person forgotten in two accounts': async ({ life }) => {
    const other = `${life.tenant}-other`
    const leaving = await person(life)
    await person(life, other, leaving)
    return () => life.forget(leaving, [life.tenant, other])
  },
  'an admin removed': async ({ life }) => {
    const made = [await link(life, { by: 'admin' }), await link(life, { by: 'admin' })]
    return () => life.removeAdmin(made, life.tenant)
  },
  'an admin of the system removed': async ({ life }) => {
    const far = await resource(life, { tenant: `${life.tenant}-other` })
    const made = [await link(life, { by: 'admin' }), (await life.link(far, { by: 'admin' }))!]
    return () => life.removeAdmin(made, null)
  },
  'an account removed': async ({ life }) => {
    await life.register({ parent: (await openedLink(life)).resource })
    await person(life)
    return () => life.removeTenant()
  },
  maintenance: async ({ life }) => {
    const made = await openedLink(life)
    await life.rotate(made, 60)
    life.days += 1
    await openedLink(life)
    life.days += 5
    return () => life.maintain()
  },
  'removed views purged': async ({ life, query }) => {
    const made = await link(life)
    await query(manyViewsOf(made))
    await life.removeLink(made)
    return () => life.maintain()
  },
}
