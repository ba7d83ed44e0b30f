import { RACES } from '../campaigns.ts'
import { shortForms } from '../short-forms.ts'

shortForms(RACES)
