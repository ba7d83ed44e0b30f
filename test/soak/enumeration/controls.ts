import type { Control } from '../campaign.ts'

export const enumerationControls: readonly Control[] = [
  {
    guard: 'that only whoever may view it is told of a link',
    file: 'src/policy/standing.ts',
    find: "new SharingError(views ? 'forbidden' : 'not_found')",
    replace: "new SharingError(views ? 'forbidden' : 'forbidden')",
  },
  {
    guard: 'that what is unknown is looked for to the end',
    file: 'adapters/sql/load.ts',
    find: "const linkRow = anchor.at === 'link' ?",
    replace: "const linkRow = anchor.at === 'link' && resourceRow !== null ?",
  },
  {
    guard: 'that what is unknown is looked for to the end',
    file: 'adapters/sql/load.ts',
    find: "anchor.at === 'tenant' ? null :",
    replace: "anchor.at === 'tenant' || place.resourceUid === '' ? null :",
    place: 'Postgres',
  },
  {
    guard: 'that outside its tenant nothing is explained',
    file: 'src/policy/access.ts',
    find: 'considered: hidden ? [] : considered,',
    replace: 'considered,',
  },
  {
    guard: 'that asking for what is not there issues what asking for something does',
    file: 'src/people/requests.ts',
    find: 'alike: true,',
    replace: 'alike: false,',
    size: 5000,
  },
  {
    guard: 'that a revoked link is unknown',
    file: 'src/policy/opening.ts',
    find: "if (link.endedAt !== null || (link.notBefore !== null && link.notBefore > now)) return refused('not_found')",
    replace:
      "if (link.endedAt !== null || (link.notBefore !== null && link.notBefore > now)) return refused('expired')",
  },
]
