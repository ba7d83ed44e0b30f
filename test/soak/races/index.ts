import type { Campaign } from '../campaign.ts'
import { additions } from './additions.ts'
import { approvals } from './approvals.ts'
import { claims } from './claims.ts'
import { departures } from './departures.ts'
import { edits } from './edits.ts'
import { endings } from './endings.ts'
import { expiry } from './expiry.ts'
import { hotLink } from './hot-link.ts'
import { limits } from './limits.ts'
import { migrations } from './migrations.ts'
import { policies } from './policies.ts'
import { removals } from './removals.ts'
import { rotation } from './rotation.ts'
import { transfer } from './transfer.ts'

/** Calls that meet, from eight processes on the same data. */
export const races: readonly Campaign[] = [
  limits,
  endings,
  policies,
  rotation,
  expiry,
  transfer,
  departures,
  claims,
  additions,
  approvals,
  edits,
  removals,
  hotLink,
  migrations,
]
