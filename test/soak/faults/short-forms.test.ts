import { FAULTS } from '../campaigns.ts'
import { shortForms } from '../short-forms.ts'

shortForms(FAULTS)
