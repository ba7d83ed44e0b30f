import type { Actor, Definitions } from '../../../src/index.ts'

/** The kinds of rule there are, two roles that links may carry, and a type that they may not lead to otherwise. */
export const RESOURCES = {
  document: {
    roles: {
      viewer: ['view'],
      commenter: ['view', 'comment', 'fork'],
      manager: ['view', 'comment', 'fork', 'share', 'publish'],
    },
    linkRoles: ['viewer', 'commenter'],
    rules: [
      { when: 'remote', forbid: ['publish'] },
      { when: 'archived', forbid: ['comment', 'fork'] },
      { when: 'quarantined', forbid: ['view'] },
      { unless: 'live', forbid: ['share'], exceptOwner: true },
    ],
  },
} as const satisfies Definitions

export const ACTIONS = [
  'view',
  'comment',
  'fork',
  'share',
  'publish',
  'transfer',
  'remove',
  'history',
] as const
export type ActionName = (typeof ACTIONS)[number]

/** Everybody that histories are about. One person has the same id in two accounts. */
export const ACTORS: readonly Actor[] = [
  { userId: 'ann', tenantId: 'acme', email: 'ann@acme.example' },
  { userId: 'bob', tenantId: 'acme', email: 'Bob@ACME.example', groups: ['readers'] },
  { userId: 'ada', tenantId: 'acme', admin: 'tenant' },
  { userId: 'eve', tenantId: 'rival', email: 'eve@rival.example' },
  { userId: 'liz', tenantId: 'rival', admin: 'tenant', email: 'liz@rival.example' },
  { userId: 'zoe', tenantId: null },
  { userId: 'root', tenantId: 'acme', admin: 'system' },
  { userId: 'ann', tenantId: 'rival', email: 'ann@acme.example' },
]
export const ROOT: Actor = ACTORS[6]!
export const ADMIN: Actor = ACTORS[2]!

export const PEOPLE = ['ann', 'bob', 'ada', 'eve', 'liz', 'zoe', 'root'] as const

/** The last two are what the host calls the first copies that it makes. */
export const IDS = ['d1', 'd2', 'd3', 'd4', 'd5', 'c1', 'c2'] as const
export type Id = (typeof IDS)[number]

/** Whose each resource is when nobody says otherwise. */
export const HOMES: Readonly<Record<Id, readonly [tenantId: string | null, ownerId: string]>> = {
  d1: ['acme', 'ann'],
  d2: ['acme', 'bob'],
  d3: ['rival', 'eve'],
  d4: [null, 'zoe'],
  d5: ['acme', 'ann'],
  c1: ['acme', 'ann'],
  c2: ['acme', 'bob'],
}
