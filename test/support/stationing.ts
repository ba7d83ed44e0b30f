import type { Store } from '../../src/index.ts'
import { createWorkstations } from '../../src/workstations/index.ts'
import { doc, outcomeOf, type Sample, sampleOn } from './sample.ts'

const OWNER = { userId: 'host', tenantId: 'acme', admin: 'tenant' } as const
const SYSTEM = { userId: 'root', tenantId: 'operator', admin: 'system' } as const
const editor = { userId: 'typist', tenantId: 'acme', groups: ['typists'] }
const guest = { userId: 'guest', tenantId: 'other' }

/** Whatever can be done with workstations, in an account that was furnished: each statement that it takes is issued. */
export async function stationing(store: Store): Promise<void> {
  let now = Date.now()
  const sharing = sampleOn(store, { clock: () => new Date(now) })
  const stations = createWorkstations(sharing, { checkpointMaxPerItem: 2 })
  await stations.migrate()
  const [first, second] = [doc('edited'), doc('edited too')] as const
  for (const ref of [first, second]) {
    await sharing.resources.register(ref, { tenantId: 'acme', ownerId: OWNER.userId })
    await sharing.collaborators.add(OWNER, ref, { groupId: 'typists', role: 'editor' })
  }
  const { id: grantId } = await sharing.collaborators.add(OWNER, first, { userId: 'typist', role: 'editor' })
  const at = async (actor: typeof editor | typeof OWNER | typeof SYSTEM | typeof guest): Promise<string> =>
    (await stations.register(actor, { name: 'a machine', fingerprint: `of ${actor.userId}` })).id
  const begin = async (actor: Parameters<typeof at>[0], ref: ReturnType<typeof doc>) =>
    stations.edits.begin(actor, ref, { workstationId: await at(actor) })

  const edit = await begin(editor, first)
  await begin(editor, first)
  await outcomeOf(() => begin(OWNER, first))
  await stations.edits.heartbeat(editor, edit.id)
  for (let saved = 0; saved < 3; saved++) await stations.checkpoints.save(editor, edit.id, { saved })
  const [checkpoint] = await stations.checkpoints.list(editor, first)
  await stations.checkpoints.get(editor, checkpoint!.id)
  await stations.edits.current(OWNER, first)
  await stations.edits.check(first, edit.fence)
  const taken = await stations.edits.takeOver(OWNER, first, { workstationId: await at(OWNER) })
  await stations.edits.end(OWNER, taken.id)
  await look(stations, await at(editor))
  await leaveByGroup(sharing, begin, second)

  // By an invitation that is joined with what its person has.
  await sharing.policies.set(OWNER, { allowGuests: true })
  await sharing.collaborators.add(OWNER, second, { email: 'guest@example.com', role: 'editor' })
  await sharing.collaborators.add(OWNER, second, { userId: 'guest', role: 'editor' })
  await sharing.invitations.claim({ ...guest, email: 'guest@example.com' })
  const visiting = await begin(guest, second)
  await stations.remove(guest, visiting.workstationId)
  await begin(guest, second)
  await sharing.tenants.remove(guest.tenantId)
  await begin(SYSTEM, second)
  await sharing.admins.remove('root', 'acme')
  await sharing.admins.remove('root', null)
  const own = await begin(OWNER, second)
  await sharing.resources.transfer(OWNER, second, 'typist')
  await stations.edits.check(second, own.fence)

  await begin(editor, first)
  await sharing.collaborators.remove({ ...OWNER, admin: 'tenant' }, grantId)
  now += 30 * 60_000
  await sharing.maintain({ tenantId: 'acme' })
  now += 9 * 86_400_000
  await sharing.maintain({ tenantId: 'acme' })
  await begin(OWNER, first)
  await at(editor)
  await sharing.users.forget('typist')
  await sharing.members.remove('acme', 'host')
}

type Stations = ReturnType<typeof createWorkstations>

async function look(stations: Stations, id: string): Promise<void> {
  for (const actor of [editor, OWNER, SYSTEM]) await outcomeOf(() => stations.get(actor, id))
  await stations.getByFingerprint(editor, 'of typist')
  await stations.touch(editor, id)
  await stations.list(editor)
  await stations.list(OWNER, { all: true })
  await stations.list(SYSTEM, { all: true })
  await stations.remove(OWNER, id)
}

async function leaveByGroup(
  sharing: Sample,
  begin: (actor: typeof editor, ref: ReturnType<typeof doc>) => Promise<unknown>,
  ref: ReturnType<typeof doc>,
): Promise<void> {
  await begin(editor, ref)
  await sharing.groups.removeMember('acme', 'typists', editor.userId)
}
