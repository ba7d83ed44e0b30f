import { FUZZING } from '../campaigns.ts'
import { shortForms } from '../short-forms.ts'

shortForms(FUZZING)
