import { access } from './access.ts'
import { applying } from './apply.ts'
import { begun } from './begun.ts'
import { conditions } from './condition.ts'
import { delivering } from './delivery.ts'
import { forking } from './forks.ts'
import { givenLists } from './given.ts'
import { hanging } from './hanging.ts'
import { loading } from './load.ts'
import { maintaining } from './maintenance.ts'
import type { Mutant } from './mutant.ts'
import { openings } from './opening.ts'
import { people } from './people.ts'
import { counting, reading } from './reads.ts'
import { recording } from './recording.ts'
import { removing } from './removal.ts'
import { requests } from './requests.ts'
import { rowSecurity } from './row-security.ts'
import { snapshots } from './snapshots.ts'
import { workstations } from './workstations.ts'

/** All that is left out, in the order in which it is tried. */
export const SQL_MUTANTS: readonly Mutant[] = [
  ...applying,
  ...begun,
  ...loading,
  ...openings,
  ...recording,
  ...reading,
  ...counting,
  ...maintaining,
  ...removing,
  ...conditions,
  ...rowSecurity,
  ...hanging,
  ...people,
  ...givenLists,
  ...access,
  ...requests,
  ...delivering,
  ...snapshots,
  ...forking,
  ...workstations,
]
