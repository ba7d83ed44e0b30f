import { borders, bordersUnfiltered } from './borders/borders.ts'
import type { Campaign } from './campaign.ts'
import { checkpointsKilled } from './crashes/checkpoints-killed.ts'
import { connectionDropped } from './crashes/connection-dropped.ts'
import { processKilled } from './crashes/process-killed.ts'
import { serverKilled } from './crashes/server-killed.ts'
import { enumeration } from './enumeration/enumeration.ts'
import { timing } from './enumeration/timing.ts'
import { databaseLocked } from './faults/database-locked.ts'
import { diskFull } from './faults/disk-full.ts'
import { poolExhausted } from './faults/pool-exhausted.ts'
import { serverGone } from './faults/server-gone.ts'
import { statementHangs } from './faults/statement-hangs.ts'
import { alteredTokens } from './fuzzing/altered-tokens.ts'
import { emailKeys } from './fuzzing/email-keys.ts'
import { exchangedTokens } from './fuzzing/exchanged-tokens.ts'
import { tokens } from './fuzzing/tokens.ts'
import { historiesCampaign } from './model/histories.ts'
import { ownViews } from './model/own-views.ts'
import { oddInputs } from './odd-inputs/odd-inputs.ts'
import { races } from './races/index.ts'
import { secrets } from './secrets/secrets.ts'

/** Those of one kind. `npm test` has a file for the short forms of each. */
export const FUZZING: readonly Campaign[] = [tokens, alteredTokens, exchangedTokens, emailKeys, oddInputs]
export const HISTORIES: readonly Campaign[] = [historiesCampaign, borders, bordersUnfiltered, ownViews]
export const DISCLOSURE: readonly Campaign[] = [enumeration, timing, secrets]
export const RACES: readonly Campaign[] = races
export const CRASHES: readonly Campaign[] = [
  processKilled,
  checkpointsKilled,
  serverKilled,
  connectionDropped,
]
export const FAULTS: readonly Campaign[] = [
  diskFull,
  databaseLocked,
  poolExhausted,
  serverGone,
  statementHangs,
]

/** All of them, in the order of the README's table. */
export const CAMPAIGNS: readonly Campaign[] = [
  ...FUZZING,
  ...HISTORIES,
  ...DISCLOSURE,
  ...RACES,
  ...CRASHES,
  ...FAULTS,
]
