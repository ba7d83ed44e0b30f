import { nanoid } from 'nanoid'
import type { RefOf, Sharing } from './api.ts'
import { accessAt } from './audit/access-at.ts'
import { listAudit } from './audit/list.ts'
import { DAY_MS, systemClock } from './clock.ts'
import { access } from './deciding/access.ts'
import { authorize, can, explain, filter } from './deciding/decide.ts'
import { list } from './deciding/list.ts'
import { createEventHub } from './events/hub.ts'
import { fork } from './forks/fork.ts'
import { keepKernel } from './inside.ts'
import type { Kernel } from './kernel.ts'
import { createDoor } from './limits/door.ts'
import { type CreatedLink, createLink, importLink } from './links/create.ts'
import { getLink, listLinks, removeLink, revealLink, revokeLink } from './links/manage.ts'
import { rotateLink, updateLink } from './links/update.ts'
import { maintain } from './maintenance/maintain.ts'
import type { Collaborator } from './model/collaborator.ts'
import type { VerifiedRef } from './model/data-ref.ts'
import type { Definitions, TypeName } from './model/definition.ts'
import { parse } from './model/input.ts'
import type { ShareLink } from './model/link.ts'
import type { AccessRequest } from './model/request.ts'
import type { Resource } from './model/resource.ts'
import { attach } from './opening/attach.ts'
import { createKnownLinks, createLookedUp } from './opening/known.ts'
import { open, peek } from './opening/open.ts'
import { resume } from './opening/resume.ts'
import { finishServing, whileAsking, whileServing } from './opening/serving.ts'
import { optionsSchema, type SharingOptions } from './options.ts'
import { addCollaborator } from './people/collaborators.ts'
import { acceptInvitation, claimInvitations } from './people/invitations.ts'
import { forgetUser, removeAdmin, removeGroupMember, removeMember, removeTenant } from './people/leave.ts'
import { leaveResource, listCollaborators, removeCollaborator, setCollaboratorRole } from './people/manage.ts'
import { approveRequest, createRequest, denyRequest, listRequests } from './people/requests.ts'
import { getPolicy, setPolicy } from './policies/policy.ts'
import { compileTypes } from './policy/compile.ts'
import { mintRef, refresh } from './refs/mint.ts'
import { verifyRef } from './refs/verify.ts'
import {
  getResource,
  removeResource,
  setVisibility,
  transferResource,
  updateResource,
} from './resources/manage.ts'
import { registerResource } from './resources/register.ts'
import { createAttachPasses } from './tokens/attach-pass.ts'
import { createDataRefs } from './tokens/data-ref.ts'
import { createInvitationTokens } from './tokens/invitation.ts'
import { createKeyRing } from './tokens/keys.ts'
import { createLinkTokens } from './tokens/link-token.ts'
import { createOurTokens } from './tokens/ours.ts'
import { createPasses } from './tokens/pass.ts'
import { scryptPasswords } from './tokens/password.ts'
import { createCounted } from './views/count.ts'
import { listViews, viewStats } from './views/read.ts'
import { createVisitorRecorder } from './views/visitor.ts'

/**
 * Makes the Share button of a host, on its own database.
 *
 * @throws SharingError `invalid_input` for a secret that is missing or shorter than 32 bytes, and for roles,
 *   rules or options that do not fit.
 *
 * @example
 * ```ts
 * import Database from 'better-sqlite3'
 * import { createSharing } from 'sharegrant'
 * import { sqliteStore } from 'sharegrant/sqlite'
 *
 * const sharing = createSharing({
 *   store: sqliteStore({ database: new Database(':memory:') }),
 *   secret: 'at least 32 bytes that nobody else knows',
 *   resources: { document: { roles: { viewer: ['view'], editor: ['view', 'edit'] } } },
 * })
 * await sharing.migrate()
 * ```
 */
export function createSharing<const D extends Definitions>(options: SharingOptions<D>): Sharing<D> {
  const kernel = createKernel(options)
  // What is stored is of one of the host's types: it was refused otherwise.
  type T = TypeName<D>
  const resource = (found: Promise<Resource>): Promise<Resource<T>> => found as Promise<Resource<T>>
  const link = (found: Promise<ShareLink>): Promise<ShareLink<T>> => found as Promise<ShareLink<T>>
  const sharing: Sharing<D> = {
    async migrate() {
      await kernel.store.migrate()
      for (const module of kernel.modules.values()) await module.migrate()
    },
    resources: {
      register: (ref, input) => resource(registerResource(kernel, ref, input)),
      update: (ref, input) => resource(updateResource(kernel, ref, input)),
      get: (ref) => getResource(kernel, ref) as Promise<Resource<T> | null>,
      remove: (ref) => removeResource(kernel, ref),
      setVisibility: (actor, ref, visibility) => resource(setVisibility(kernel, actor, ref, visibility)),
      transfer: (actor, ref, newOwnerId, input) =>
        resource(transferResource(kernel, actor, ref, newOwnerId, input)),
    },
    members: { remove: (tenantId, userId, input) => removeMember(kernel, tenantId, userId, input) },
    groups: {
      removeMember: (tenantId, groupId, userId) => removeGroupMember(kernel, tenantId, groupId, userId),
    },
    admins: { remove: (userId, tenantId) => removeAdmin(kernel, userId, tenantId) },
    users: { forget: (userId, input) => forgetUser(kernel, userId, input) },
    tenants: { remove: (tenantId) => removeTenant(kernel, tenantId) },
    links: {
      create: (actor, ref, input) =>
        whileAsking(kernel, () => createLink(kernel, actor, ref, input)) as Promise<
          CreatedLink<typeof ref.type>
        >,
      list: (actor, input) => listLinks(kernel, actor, input) as ReturnType<Sharing<D>['links']['list']>,
      get: (actor, id) => link(getLink(kernel, actor, id)),
      update: (actor, id, changes) => link(whileAsking(kernel, () => updateLink(kernel, actor, id, changes))),
      revoke: (actor, id) => link(revokeLink(kernel, actor, id)),
      remove: (actor, id) => removeLink(kernel, actor, id),
      rotate: (actor, id, input) => rotateLink(kernel, actor, id, input) as Promise<CreatedLink<T>>,
      reveal: (actor, id) => revealLink(kernel, actor, id),
      import: (actor, ref, input) =>
        whileAsking(kernel, () => importLink(kernel, actor, ref, input)) as Promise<
          CreatedLink<typeof ref.type>
        >,
    },
    collaborators: {
      add: (actor, ref, input) =>
        whileAsking(kernel, () => addCollaborator(kernel, actor, ref, input)) as Promise<
          Collaborator<typeof ref.type>
        >,
      list: (actor, ref) => listCollaborators(kernel, actor, ref) as Promise<Collaborator<T>[]>,
      setRole: (actor, id, role, input) =>
        setCollaboratorRole(kernel, actor, id, role, input) as Promise<Collaborator<T>>,
      remove: (actor, id, input) => removeCollaborator(kernel, actor, id, input),
      leave: (actor, ref) => leaveResource(kernel, actor, ref),
    },
    invitations: {
      accept: (actor, token) => acceptInvitation(kernel, actor, token) as Promise<Collaborator<T>>,
      claim: (actor) => claimInvitations(kernel, actor) as Promise<Collaborator<T>[]>,
    },
    requests: {
      create: (actor, target, input) => createRequest(kernel, actor, target, input),
      list: (actor, ref) => listRequests(kernel, actor, ref) as Promise<AccessRequest<T>[]>,
      approve: (actor, id, input) => approveRequest(kernel, actor, id, input) as Promise<Collaborator<T>>,
      deny: (actor, id) => denyRequest(kernel, actor, id),
    },
    views: {
      list: (actor, input) => listViews(kernel, actor, input),
      stats: (actor, input) => viewStats(kernel, actor, input),
    },
    audit: {
      list: (actor, input) => listAudit(kernel, actor, input),
      accessAt: (actor, ref, date) => accessAt(kernel, actor, ref, date),
    },
    policies: {
      get: (actor) => getPolicy(kernel, actor),
      set: (actor, changes) => setPolicy(kernel, actor, changes),
    },
    can: (actor, action, ref) => can(kernel, actor, action, ref),
    authorize: (actor, action, ref) => authorize(kernel, actor, action, ref),
    explain: (actor, action, ref) => explain(kernel, actor, action, ref),
    list: (actor, input) => list(kernel, actor, input) as ReturnType<Sharing<D>['list']>,
    filter: (actor, action, type, input) => filter(kernel, actor, action, type, input),
    access: (actor, ref: RefOf<D>) => access(kernel, actor, ref),
    open: (token, visitor = {}) => open(kernel, token, visitor),
    peek: (token, visitor = {}) => peek(kernel, token, visitor),
    resume: (pass, visitor = {}) => resume(kernel, pass, visitor),
    attach: (actor, ref: RefOf<D>, visitor = {}) => attach(kernel, actor, ref, visitor),
    refs: {
      mint: (reader, ref, input) => whileAsking(kernel, () => mintRef(kernel, reader, ref, input)),
      verify: (token, actor) =>
        whileServing(kernel, () => verifyRef(kernel, token, actor)) as Promise<VerifiedRef<T>>,
    },
    refresh: (reader, refs) => whileAsking(kernel, () => refresh(kernel, reader, refs)),
    fork: (reader, input) =>
      whileAsking(kernel, () => fork(kernel, reader, input)) as Promise<Resource<never>>,
    on: (name, listener) => kernel.events.on(name, listener),
    maintain: (input) => whileAsking(kernel, () => maintain(kernel, input)),
    async close() {
      await finishServing(kernel)
      await kernel.store.close()
    },
  }
  return keepKernel(sharing, kernel)
}

const MEBIBYTE = 1024 * 1024

function createKernel(options: SharingOptions<Definitions>): Kernel {
  const given = parse(optionsSchema, options, 'createSharing')
  const keys = createKeyRing(given.secret)
  const prefix = given.tokenPrefix ?? 'shr'
  return {
    // As it came: a schema's copy of a class instance would be none.
    store: options.store,
    types: compileTypes(given.resources),
    clock: given.clock ?? systemClock,
    keys,
    tokens: createLinkTokens(prefix, given.legacyTokens),
    passes: createPasses(keys, prefix),
    attachPasses: createAttachPasses(keys, prefix),
    invitations: createInvitationTokens(keys, prefix),
    dataRefs: createDataRefs(keys, prefix),
    ours: createOurTokens(prefix, given.legacyTokens),
    resolving: {
      atOnce: given.resolving?.atOnce ?? 8,
      timeoutMs: given.resolving?.timeoutMs ?? 5000,
    },
    passwords: given.passwords ?? scryptPasswords(),
    snapshotBytes: given.limits?.snapshotBytes ?? MEBIBYTE,
    door: createDoor(
      {
        opensPerMinute: given.limits?.opensPerMinute ?? 30,
        passwordAttemptsPerMinute: given.limits?.passwordAttemptsPerMinute ?? 5,
      },
      given.limiter,
    ),
    events: createEventHub(given.onError ?? (() => {})),
    visitors: createVisitorRecorder(keys, given.views?.address ?? 'full'),
    sealTokens: given.sealTokens ?? true,
    invitationMs: (given.invitationDays ?? 30) * DAY_MS,
    limits: {
      collaboratorsPerResource: given.limits?.collaboratorsPerResource ?? 50,
      invitationsPerHour: given.limits?.invitationsPerHour ?? 50,
      emailsPerHour: given.limits?.emailsPerHour ?? 10,
      requestsPerHour: given.limits?.requestsPerHour ?? 20,
    },
    notify: given.notify ?? null,
    // As it came: its methods may need their own object.
    directory: options.directory ?? null,
    reportError(error) {
      try {
        given.onError?.(error)
      } catch {
        // Whoever is told of errors has failed itself: there is nobody left to tell.
      }
    },
    retainDays: given.views?.retainDays === undefined ? 90 : given.views.retainDays,
    newId: nanoid,
    known: createKnownLinks(),
    counted: createCounted(),
    lookedUp: createLookedUp(),
    serving: { underWay: 0, closing: false },
    modules: new Map(),
  }
}
