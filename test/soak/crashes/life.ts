import { isSharingError, type Store } from '../../../src/index.ts'
import { hashToken } from '../../../src/tokens/link-token.ts'
import { BOT, BROWSER, documentOf, type Host, hostOn, OPERATOR } from './host.ts'
import type { Entry, Fact, Intent } from './ledger.ts'

const DAY_MS = 86_400_000
/** A life begins so long ago that its days can pass before today. */
const BEGAN_DAYS_AGO = 20

export interface KnownResource {
  id: string
  tenant: string
  owner: string
}

export interface KnownLink {
  id: string
  resource: KnownResource
  token: string
}

export interface LifeOptions {
  store: Store
  /** The account of this life; all that it makes is in it, or in another whose id begins with it. */
  tenant: string
  /** Told of each call before it is made and once it is answered, before anything else happens. */
  tell(entry: Entry): void
}

/**
 * A host that goes about its business and writes down what it was told. Each method is one call of the library;
 * it gives null where the call was refused or failed, which is written down too.
 */
export class Life {
  readonly tenant: string
  /** An admin of the system, of this life only. */
  readonly admin: string
  readonly sharing: Host
  /** The same host after its secret was replaced. */
  readonly rotated: Host
  /** How many days have passed. */
  days = 0
  readonly #tell: (entry: Entry) => void
  #calls = 0
  #names = 0
  #openings = 0

  constructor({ store, tenant, tell }: LifeOptions) {
    const clock = (): Date => new Date(Date.now() + (this.days - BEGAN_DAYS_AGO) * DAY_MS)
    this.tenant = tenant
    this.admin = `${tenant}-root`
    this.sharing = hostOn(store, { clock })
    this.rotated = hostOn(store, { clock, rotated: true })
    this.#tell = tell
  }

  /** A name that nothing else has. */
  name(kind: string): string {
    return `${this.tenant}-${kind}-${++this.#names}`
  }

  register(
    more: { owner?: string; parent?: KnownResource; tenant?: string; visibility?: 'account' } = {},
  ): Promise<KnownResource | null> {
    const { tenant = this.tenant, owner = this.name('owner'), parent, visibility } = more
    const id = this.name('document')
    const options = {
      tenantId: tenant,
      ownerId: owner,
      title: id,
      traits: ['live', 'remote'],
      ...(visibility ? { visibility } : {}),
      ...(parent ? { parent: documentOf(parent.id) } : {}),
    }
    return this.#call(
      { counts: [`resource.registered document:${id}`], tenant },
      () => this.sharing.resources.register(documentOf(id), options),
      () => ({ facts: [], value: { id, tenant, owner } }),
    )
  }

  registerAgain({ id, tenant, owner }: KnownResource): Promise<true | null> {
    const options = { tenantId: tenant, ownerId: owner, title: this.name('title') }
    return this.#change({ counts: [`resource.updated document:${id}`], tenant }, () =>
      this.sharing.resources.register(documentOf(id), options),
    )
  }

  retitle({ id, tenant }: KnownResource, parent?: KnownResource): Promise<true | null> {
    const changes = { title: this.name('title'), ...(parent ? { parent: documentOf(parent.id) } : {}) }
    return this.#change({ counts: [`resource.updated document:${id}`], tenant }, () =>
      this.sharing.resources.update(documentOf(id), changes),
    )
  }

  /** Opposite of what it is: what is set again is no event. */
  async turnVisibility({ id, tenant }: KnownResource, to: 'private' | 'account'): Promise<true | null> {
    return this.#change({ counts: [`visibility.changed document:${id}`], tenant }, () =>
      this.sharing.resources.setVisibility(OPERATOR, documentOf(id), to),
    )
  }

  transfer(resource: KnownResource): Promise<true | null> {
    const { id, tenant } = resource
    const to = this.name('owner')
    return this.#call(
      { counts: [`resource.transferred document:${id}`], tenant },
      () => this.sharing.resources.transfer(OPERATOR, documentOf(id), to, { keep: null }),
      () => {
        resource.owner = to
        return { facts: [], value: true as const }
      },
    )
  }

  removeResource({ id, tenant }: KnownResource): Promise<true | null> {
    const ref = `document:${id}`
    return this.#call(
      { counts: [`resource.removed ${ref}`], unsettles: [`resource ${ref}`], tenant },
      () => this.sharing.resources.remove(documentOf(id)),
      () => ({ facts: [{ fact: 'resource gone', ref }], value: true as const }),
    )
  }

  link(
    resource: KnownResource,
    more: { maxViews?: number; password?: string; by?: 'owner' | 'admin'; importing?: boolean } = {},
  ): Promise<KnownLink | null> {
    const { tenant, owner } = resource
    const { by = 'owner', importing = false, ...settings } = more
    const actor = by === 'owner' ? { userId: owner, tenantId: tenant } : { ...OPERATOR, userId: this.admin }
    const options = { visibility: 'public', name: this.name('link'), ...settings } as const
    const ref = documentOf(resource.id)
    return this.#call(
      { counts: [`link.created document:${resource.id}`], tenant },
      () =>
        importing
          ? this.sharing.links.import(actor, ref, { ...options, token: `old-${this.name('token')}` })
          : this.sharing.links.create(actor, ref, options),
      ({ id, token }) => ({ facts: [linkFact(resource, id, token)], value: { id, resource, token } }),
    )
  }

  rename({ id, resource: { tenant } }: KnownLink, more: { maxViews?: number } = {}): Promise<true | null> {
    return this.#change({ counts: [`link.updated ${id}`], tenant }, () =>
      this.sharing.links.update(OPERATOR, id, { name: this.name('link'), ...more }),
    )
  }

  revoke({ id, resource: { tenant } }: KnownLink): Promise<true | null> {
    return this.#call(
      { counts: [`link.revoked ${id}`], tenant },
      () => this.sharing.links.revoke(OPERATOR, id),
      () => ({ facts: [{ fact: 'ended', link: id }], value: true as const }),
    )
  }

  /** The link with its new token. */
  rotate({ id, resource, token: old }: KnownLink, graceSeconds = 0): Promise<KnownLink | null> {
    return this.#call(
      { counts: [`link.rotated ${id}`], unsettles: [`token ${id}`], tenant: resource.tenant },
      () => this.sharing.links.rotate(OPERATOR, id, { graceSeconds }),
      ({ token }) => {
        const gone: Fact[] = graceSeconds === 0 ? [{ fact: 'token gone', tokenHash: hashToken(old) }] : []
        return { facts: [linkFact(resource, id, token), ...gone], value: { id, resource, token } }
      },
    )
  }

  removeLink({ id, resource: { tenant }, token }: KnownLink): Promise<true | null> {
    return this.#call(
      { counts: [`link.removed ${id}`], unsettles: [`link ${id}`], tenant },
      () => this.sharing.links.remove(OPERATOR, id),
      () => ({
        facts: [
          { fact: 'link gone', id },
          { fact: 'token gone', tokenHash: hashToken(token) },
        ],
        value: true as const,
      }),
    )
  }

  /** The pass. */
  open(
    { id, resource, token }: KnownLink,
    more: { as?: string; bot?: boolean; password?: string } = {},
  ): Promise<string | null> {
    const { as, bot = false, password } = more
    const visitor = {
      ip: '192.0.2.7',
      userAgent: bot ? BOT : BROWSER,
      ...(as === undefined ? {} : { actor: { userId: as, tenantId: resource.tenant } }),
      ...(password === undefined ? {} : { password }),
    }
    this.#openings++
    return this.#call(
      {
        counts: [`view ${id}`],
        unsettles: as === undefined ? [] : [`viewer ${as}`],
        tenant: resource.tenant,
      },
      () => this.sharing.open(token, visitor),
      ({ viewId, pass }) => ({
        facts: [{ fact: 'view', id: viewId, link: id, resource: `document:${resource.id}` }],
        value: pass,
      }),
    ).finally(() => this.#openings--)
  }

  /** The next day comes, unless somebody is opening a link: no opening takes from one day into the middle of another. */
  passDay(): void {
    if (this.#openings === 0) this.days++
  }

  /** A policy that was never set before. */
  setPolicy(): Promise<true | null> {
    const { tenant } = this
    const admin = { userId: `${tenant}-admin`, tenantId: tenant, admin: 'tenant' } as const
    return this.#change({ counts: [`policy.changed ${tenant}`], tenant }, () =>
      this.sharing.policies.set(admin, { maxLinkDays: 1000 + ++this.#names }),
    )
  }

  removeMember(userId: string, heir?: string): Promise<true | null> {
    const { tenant } = this
    return this.#change({ counts: [`member.removed ${tenant}/${userId}`], tenant }, () =>
      this.sharing.members.remove(tenant, userId, heir === undefined ? {} : { heir }),
    )
  }

  /** Of somebody who owns something in each of these accounts. */
  forget(userId: string, tenants: readonly string[]): Promise<true | null> {
    return this.#call(
      { counts: tenants.map((tenant) => `member.removed ${tenant}/${userId}`), tenant: this.tenant },
      () => this.sharing.users.forget(userId),
      () => ({ facts: [{ fact: 'forgotten', userId }], value: true as const }),
    )
  }

  /** Ends all that was linked `by: 'admin'`. */
  removeAdmin(links: readonly KnownLink[], tenantId: string | null): Promise<true | null> {
    return this.#call(
      { counts: links.map(({ id }) => `link.revoked ${id}`), tenant: this.tenant },
      () => this.sharing.admins.remove(this.admin, tenantId),
      () => ({ facts: links.map(({ id }) => ({ fact: 'ended', link: id })), value: true as const }),
    )
  }

  removeTenant(tenant: string = this.tenant): Promise<true | null> {
    return this.#call(
      { counts: [], unsettles: [`tenant ${tenant}`], tenant },
      () => this.sharing.tenants.remove(tenant),
      () => ({ facts: [{ fact: 'tenant gone' }], value: true as const }),
    )
  }

  /** Under the new secret, so that tokens are sealed again. */
  maintain(): Promise<true | null> {
    return this.#change({ counts: [], tenant: this.tenant }, () =>
      this.rotated.maintain({ tenantId: this.tenant }),
    )
  }

  #change(intent: Omit<Intent, 'unsettles'>, work: () => Promise<unknown>): Promise<true | null> {
    return this.#call(intent, work, () => ({ facts: [], value: true as const }))
  }

  async #call<R, V>(
    { counts, tenant, unsettles = [] }: Omit<Intent, 'unsettles'> & { unsettles?: string[] },
    work: () => Promise<R>,
    answered: (result: R) => { facts: Fact[]; value: V },
  ): Promise<V | null> {
    const call = ++this.#calls
    this.#tell({ call, is: 'begun', tenant, counts, unsettles })
    try {
      const { facts, value } = answered(await work())
      this.#tell({ call, is: 'answered', facts })
      return value
    } catch (error) {
      this.#tell(outcomeOf(call, error))
      return null
    }
  }
}

function outcomeOf(call: number, error: unknown): Entry {
  if (!isSharingError(error) || error.code === 'schema_outdated')
    return { call, is: 'thrown', error: String(error) }
  if (error.code === 'storage_unavailable')
    return { call, is: 'failed', cause: String(error.cause ?? error.details) }
  return { call, is: 'refused', code: error.code }
}

const linkFact = ({ id }: KnownResource, link: string, token: string): Fact => ({
  fact: 'link',
  id: link,
  resource: `document:${id}`,
  tokenHash: hashToken(token),
})
