import { expect, test } from 'vitest'
import { subjectsOf } from '../../src/model/subject.ts'
import type { Facts, Outcome } from '../../src/store/index.ts'
import { doc, sampleOn } from '../support/sample.ts'
import { STORES } from '../support/stores.ts'

const ANN = { userId: 'ann', tenantId: 'acme' } as const
const BOB = { userId: 'bob', tenantId: 'acme' } as const
const CYD = { userId: 'cyd', tenantId: 'acme' } as const
const NOW = new Date('2030-01-01T12:00:00Z')
const look = (facts: Facts): Outcome<Facts> => ({ changes: [], audit: [], result: facts })

test.each(STORES)(
  '$name: what lies above and below is looked for in one tenant, whatever another has',
  async (kind) => {
    const base = await kind.open()
    const { store } = base
    const sharing = sampleOn(store, { clock: () => NOW })

    /** Ids that nobody chose are one within their tenant only. */
    async function register(
      tenantId: 'acme' | 'rival',
      uid: string,
      parentUid: string | null,
    ): Promise<void> {
      const [ownerId, id] = tenantId === 'acme' ? ['ann', uid] : ['eve', `their ${uid}`]
      await store.change({ at: 'registration', ref: doc(id), tenantId }, {}, () => ({
        changes: [
          {
            kind: 'resource.created',
            resource: {
              ...{ uid, tenantId, ownerId, parentUid, parent: null, forkedFrom: null, title: null },
              ...doc(id),
              ...{ visibility: 'private', traits: [], createdAt: NOW, updatedAt: NOW },
            },
          },
        ],
        audit: [],
        result: null,
      }))
    }

    // Elsewhere the same ids lead on, from what is at the top here.
    for (const tenantId of ['acme', 'rival'] as const) {
      await register(tenantId, 'top', null)
      await register(tenantId, 'high', tenantId === 'acme' ? null : 'top')
      await register(tenantId, 'mid', 'high')
      await register(tenantId, 'low', 'mid')
    }
    await sharing.collaborators.add(ANN, doc('top'), { userId: 'bob', role: 'viewer' })
    await sharing.collaborators.add(ANN, doc('high'), { userId: 'cyd', role: 'manager' })
    await sharing.links.create(CYD, doc('low'), { visibility: 'account' })

    const below = ['high', 'mid', 'low']
    await base.query('create table hosted (id text)')
    await base.query("insert into hosted values ('top'), ('high'), ('mid'), ('low')")
    const seen = async (actor: typeof BOB | typeof CYD): Promise<unknown[]> => {
      const { sql, parameters } = sharing.filter(actor, 'view', 'document', { column: 'hosted.id' })
      const found: unknown[] = []
      // As it is for whoever may see few, and for whoever may see more than are looked up beforehand.
      for (const condition of [sql, sql.replace(' <= 2000', ' <= -1')]) {
        const rows = await base.query(`select id from hosted where ${condition} order by id`, parameters)
        found.push(rows.map(({ id }) => id))
      }
      expect(found[1]).toEqual(found[0])
      return found[0] as unknown[]
    }
    expect([await seen(BOB), await seen(CYD)]).toEqual([['top'], ['high', 'low', 'mid']])
    for (const id of below) {
      expect([await sharing.can(BOB, 'view', doc(id)), await sharing.can(CYD, 'view', doc(id))]).toEqual([
        false,
        true,
      ])
      const { resource, grants } = (await store.findResource(doc(id), subjectsOf(BOB)))!
      const anchor = { at: 'resource', ref: doc(id), tenantId: 'acme' } as const
      const facts = await store.change(anchor, { actor: subjectsOf(BOB) }, look)
      const all = { tenantId: 'acme', resourceUid: resource.uid, above: true, ended: true }
      const named = (await store.listPeople(all)).map(({ subject }) => subject)
      expect([grants, facts.grants, named]).toEqual([[], [], ['user:cyd']])
    }
    const moved = async (id: string): Promise<number> => {
      const anchor = { at: 'resource', ref: doc(id), tenantId: 'acme' } as const
      return (await store.change(anchor, { moves: true }, look)).moving!.links.length
    }
    expect([await moved('top'), await moved('high')]).toEqual([0, 1])
    await base.close()
  },
)
